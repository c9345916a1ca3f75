#include <fmt/format.h>

#include <cstdio>

#include "apps/commands.h"
#include "apps/configuration.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/options.h"

namespace vitrine::apps {
namespace {

catalog::CatalogSettings catalog_settings(const config::Search& search) {
  const auto config = read_configuration(search);
  config->require_valid();
  return catalog::settings_of(*config);
}

}  // namespace

int run_db_sync(const config::Search& search) {
  const catalog::CatalogSettings settings = catalog_settings(search);
  const catalog::SyncResult result = catalog::sync_schema(settings);
  const std::string revision = join(catalog::schema_revisions(settings), ", ");
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

}  // namespace vitrine::apps
