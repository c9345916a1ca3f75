#include "catalog/migrations/revisions.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace vitrine::catalog {
namespace {

/// Releases with the tables of Wallaby, or with more, which do not matter to who does not use them.
constexpr std::string_view served_releases[] = {"wallaby", "xena", "yoga", "zed", "2023_1", "2024_1"};

/// A revision is called after its release: zed_expand01, zed_contract01.
bool is_of_served_release(std::string_view revision, std::string_view ending) {
  if (!revision.ends_with(ending)) return false;
  const std::string_view release = revision.substr(0, revision.size() - ending.size());
  return std::find(std::begin(served_releases), std::end(served_releases), release) !=
         std::end(served_releases);
}

bool is_contracted(std::string_view revision) {
  return is_of_served_release(revision, "_contract01");
}
bool is_expanded(std::string_view revision) {
  return is_of_served_release(revision, "_expand01");
}

}  // namespace

std::vector<std::string> read_revisions(sql::Session& session) {
  static constexpr sql::Type columns[] = {sql::Type::text};
  const std::vector<std::string> tables = session.table_names();
  if (!std::binary_search(tables.begin(), tables.end(), "alembic_version")) return {};
  std::vector<std::string> revisions;
  sql::Rows rows = session.query("SELECT version_num FROM alembic_version ORDER BY version_num", columns);
  while (rows.next()) revisions.push_back(rows.text(0));
  return revisions;
}

bool is_served(const std::vector<std::string>& revisions) {
  return std::any_of(revisions.begin(), revisions.end(), is_contracted) &&
         std::all_of(revisions.begin(), revisions.end(), [](std::string_view revision) {
           return is_contracted(revision) || is_expanded(revision);
         });
}

bool is_unfinished_copy(const std::vector<std::string>& revisions) {
  return std::any_of(revisions.begin(), revisions.end(),
                     [](std::string_view revision) { return revision.starts_with(unfinished_copy); });
}

void require_known(const std::vector<std::string>& revisions) {
  // What an empty database has between the two phases: no older release's contract is there to be kept.
  const bool is_new = revisions.size() == 1 && revisions.front() == newest_expanded_revision;
  if (!revisions.empty() && !is_new) require_served(revisions);
}

void require_served(const std::vector<std::string>& revisions) {
  if (is_served(revisions)) return;
  if (revisions.empty()) {
    throw Error(ErrorCode::configuration, "The database has no schema. Run 'vitrine db sync' first.");
  }
  if (is_unfinished_copy(revisions)) {
    throw Error(ErrorCode::configuration,
                "The database is the target of a copy that was not finished. Run 'vitrine db import-from' or "
                "'vitrine db export-to' again, which begins anew.");
  }
  throw Error(
      ErrorCode::configuration,
      fmt::format("The database's revision {} is not known to this version, which serves wallaby_contract01 "
                  "to {}. Upgrade an older database with its own release's glance-manage first; a newer one "
                  "needs a newer version of this service.",
                  join(revisions, ", "), newest_revision));
}

}  // namespace vitrine::catalog
