#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <limits>

#include "apps/commands.h"
#include "apps/configuration.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/copy.h"
#include "catalog/options.h"
#include "catalog/schema.h"

namespace vitrine::apps {
namespace {

catalog::CatalogSettings catalog_settings(const config::Search& search) {
  const auto config = read_configuration(search);
  config->require_valid();
  return catalog::settings_of(*config);
}

std::string revisions_text(const catalog::CatalogSettings& settings) {
  return join(catalog::schema_revisions(settings), ", ");
}

void print_phase(bool has_changed, std::string_view phase, const catalog::CatalogSettings& settings) {
  if (has_changed) {
    fmt::print("Database is {} at revision {}.\n", phase, revisions_text(settings));
  } else {
    fmt::print("Database is {} already; there is nothing to do.\n", phase);
  }
}

std::int64_t number_in(const std::string& word, std::string_view option, std::int64_t least,
                       std::int64_t most) {
  const auto number = parse_integer(word);
  if (!number || *number < least || *number > most) {
    throw Error(ErrorCode::configuration,
                fmt::format("--{} takes a whole number from {} to {}.", option, least, most));
  }
  return *number;
}

catalog::Purge purge_of(const PurgeWords& words) {
  const Timestamp now = SystemClock().now();
  const auto days_since_epoch = std::chrono::duration_cast<std::chrono::days>(now.time_since_epoch()).count();
  const std::int64_t age = number_in(words.age_in_days, "age_in_days", 0, days_since_epoch);
  const std::int64_t rows =
      number_in(words.max_rows, "max_rows", -1, std::numeric_limits<std::int32_t>::max());
  return {.before = now - std::chrono::days(age), .most_rows = rows};
}

int print_purged(const catalog::Purged& purged) {
  for (const auto& [table, rows] : purged) fmt::print("{}: {} rows removed.\n", table, rows);
  return 0;
}

/// The database that a URL names, with the defaults of everything else.
catalog::CatalogSettings settings_for(const std::string& url) {
  catalog::CatalogSettings settings;
  settings.connection = url;
  if (url == "-" && !std::getline(std::cin, settings.connection)) {
    throw Error(ErrorCode::configuration, "The standard input holds no URL.");
  }
  return settings;
}

/// Prints a line for each table, and one now and then while a large one is under way.
class CopyLines {
 public:
  void operator()(const catalog::CopyProgress& progress) {
    const auto now = std::chrono::steady_clock::now();
    if (!progress.is_complete && now < next_) return;
    fmt::print("{}: {} rows{}\n", progress.table, progress.rows, progress.is_complete ? "." : " so far…");
    std::fflush(stdout);
    next_ = now + std::chrono::seconds(5);
  }

 private:
  std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + std::chrono::seconds(5);
};

int copy(const catalog::CopyEnds& ends) {
  fmt::print("No service may use either database until this ends.\n");
  const std::int64_t rows = catalog::copy_catalog(ends, CopyLines());
  fmt::print("{} rows are copied and compared.\n", rows);
  return 0;
}

}  // namespace

int run_db_sync(const config::Search& search) {
  const catalog::CatalogSettings settings = catalog_settings(search);
  const catalog::SyncResult result = catalog::sync_schema(settings);
  const std::string revision = revisions_text(settings);
  switch (result) {
    case catalog::SyncResult::created:
      fmt::print("Database is created at revision {}.\n", revision);
      break;
    case catalog::SyncResult::upgraded:
      fmt::print("Database is upgraded to revision {}.\n", revision);
      break;
    case catalog::SyncResult::up_to_date:
      fmt::print("Database is up to date at revision {}.\n", revision);
      break;
  }
  return 0;
}

int run_db_version(const config::Search& search) {
  const auto revisions = catalog::schema_revisions(catalog_settings(search));
  if (revisions.empty()) {
    fmt::print("The database is empty. Run: vitrine db sync\n");
  }
  for (const std::string& revision : revisions) fmt::print("{}\n", revision);
  return 0;
}

int run_db_check(const config::Search& search) {
  constexpr int needs_expand = 3;
  constexpr int needs_contract = 5;
  switch (catalog::next_step(catalog_settings(search))) {
    case catalog::NextStep::expand:
      fmt::print("The database is behind. Run next: vitrine db expand\n");
      return needs_expand;
    case catalog::NextStep::contract:
      fmt::print("The database is behind. Run next: vitrine db contract\n");
      return needs_contract;
    case catalog::NextStep::none:
      break;
  }
  fmt::print("Database is up to date.\n");
  return 0;
}

int run_db_expand(const config::Search& search) {
  const catalog::CatalogSettings settings = catalog_settings(search);
  print_phase(catalog::expand_schema(settings), "expanded", settings);
  return 0;
}

int run_db_migrate(const config::Search& search) {
  if (catalog::next_step(catalog_settings(search)) == catalog::NextStep::expand) {
    throw Error(ErrorCode::configuration, "The schema is not expanded yet. Run 'vitrine db expand' first.");
  }
  fmt::print("No release from Wallaby on has rows to change; there is nothing to do.\n");
  return 0;
}

int run_db_contract(const config::Search& search) {
  const catalog::CatalogSettings settings = catalog_settings(search);
  print_phase(catalog::contract_schema(settings), "contracted", settings);
  return 0;
}

int run_db_upgrade(const config::Search& search, const std::string& revision) {
  const catalog::CatalogSettings settings = catalog_settings(search);
  if (revision == "heads" || revision == catalog::newest_revision) return run_db_sync(search);
  if (revision == catalog::newest_expanded_revision) return run_db_expand(search);
  const auto revisions = catalog::schema_revisions(settings);
  if (std::find(revisions.begin(), revisions.end(), revision) == revisions.end()) {
    throw Error(ErrorCode::configuration,
                fmt::format("This version upgrades to {} or {}, not to {}.", catalog::newest_revision,
                            catalog::newest_expanded_revision, revision));
  }
  fmt::print("Database is at revision {} already.\n", revision);
  return 0;
}

int run_db_purge(const config::Search& search, const PurgeWords& words) {
  const catalog::Purge purge = purge_of(words);
  return print_purged(catalog::purge_deleted(catalog_settings(search), purge));
}

int run_db_purge_images_table(const config::Search& search, const PurgeWords& words) {
  const catalog::Purge purge = purge_of(words);
  try {
    return print_purged(catalog::purge_deleted_images(catalog_settings(search), purge));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::conflict) throw;
    throw Error(
        ErrorCode::conflict,
        "Something still belongs to one of the images. Run 'vitrine db purge' with the same age first.");
  }
}

int run_db_import_from(const config::Search& search, const std::string& url) {
  return copy({.source = settings_for(url), .target = catalog_settings(search)});
}

int run_db_export_to(const config::Search& search, const std::string& url) {
  return copy({.source = catalog_settings(search), .target = settings_for(url)});
}

}  // namespace vitrine::apps
