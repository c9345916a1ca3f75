#include "catalog/copy.h"

#include <fmt/format.h>

#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "catalog/copying/target.h"
#include "catalog/migrations/revisions.h"
#include "catalog/migrations/sync.h"
#include "catalog/schema.h"

namespace vitrine::catalog {

namespace copying {
namespace {

void require_newest(const CatalogSettings& source) {
  const std::vector<std::string> revisions = schema_revisions(source);
  if (revisions == std::vector<std::string>{std::string(newest_revision)}) return;
  throw Error(ErrorCode::configuration,
              revisions.empty()
                  ? "The source holds no catalog."
                  : fmt::format("The source's revision is {}, not {}. Run 'vitrine db sync' for it first.",
                                join(revisions, ", "), newest_revision));
}

Tally copy_table(sql::Session& source, const Table& table, Target& target,
                 const std::function<void(const CopyProgress&)>& report) {
  Tally tally;
  Reader reader(source, table, target.dialect());
  for (std::vector<Row> page = reader.next(); !page.empty(); page = reader.next()) {
    target.write(table, page);
    for (const Row& row : page) tally.add(row);
    report({table.name, tally.rows, false});
  }
  report({table.name, tally.rows, true});
  return tally;
}

/// One moment's state of the source.
std::vector<Tally> copy_tables(const sql::Settings& source, Target& target,
                               const std::function<void(const CopyProgress&)>& report) {
  const auto session = sql::connect_at_start(source);
  const sql::Transaction snapshot(*session, sql::Access::read);
  std::vector<Tally> tallies;
  for (const Table& table : copied_tables()) {
    tallies.push_back(copy_table(*session, table, target, report));
  }
  return tallies;
}

void require_unchanged(const sql::Settings& source, Target& target, const std::vector<Tally>& tallies) {
  const auto session = sql::connect_at_start(source);
  const sql::Transaction snapshot(*session, sql::Access::read);
  auto tally = tallies.begin();
  for (const Table& table : copied_tables()) {
    if (tally_of(*session, table, target.dialect()) == *tally++) continue;
    throw Error(ErrorCode::conflict,
                fmt::format("The source's table {} was changed while it was copied. Stop every service that "
                            "uses it, and copy again.",
                            table.name));
  }
}

void require_equal(Target& target, const std::vector<Tally>& tallies) {
  auto tally = tallies.begin();
  for (const Table& table : copied_tables()) {
    const Tally found = target.tally(table);
    if (found == *tally) {
      ++tally;
      continue;
    }
    throw Error(
        ErrorCode::conflict,
        fmt::format("The target's table {} holds {} rows that are not the source's {}. See that nothing "
                    "else writes there, and copy again.",
                    table.name, found.rows, tally->rows));
  }
}

std::int64_t rows_in(const std::vector<Tally>& tallies) {
  std::int64_t rows = 0;
  for (const Tally& tally : tallies) rows += tally.rows;
  return rows;
}

void give_up(Target& target) {
  try {
    target.give_up();
  } catch (const Error& error) {
    log::error("{} The target holds an incomplete copy, which the next copy into it replaces.", error.what());
  }
}

}  // namespace
}  // namespace copying

std::int64_t copy_catalog(const CopyEnds& ends, const std::function<void(const CopyProgress&)>& report) {
  copying::require_newest(ends.source);
  const sql::Settings source = patient(sql::read_settings(ends.source));
  copying::Target target(ends.target);
  try {
    const auto tallies = copying::copy_tables(source, target, report);
    copying::require_unchanged(source, target, tallies);
    copying::require_equal(target, tallies);
    target.complete();
    return copying::rows_in(tallies);
  } catch (...) {
    copying::give_up(target);
    throw;
  }
}

}  // namespace vitrine::catalog
