#pragma once

#include <algorithm>
#include <cstdlib>
#include <set>
#include <stdexcept>
#include <string>

#include "catalog/catalog.h"
#include "catalog/copying/copied_tables.h"
#include "catalog/sql/session.h"
#include "catalog/sql/settings.h"

namespace vitrine::catalog {

/// For tests: the database of a server, whose URL an environment variable holds, with the schema and no rows.
/// One at a time.
class ServerDatabase {
 public:
  explicit ServerDatabase(const char* variable) {
    const char* url = std::getenv(variable);
    if (!url) {
      throw std::runtime_error(
          "There is no database server; run the test with tests/services/with-databases");
    }
    settings_.connection = url;
    static std::set<std::string> with_schema;
    if (with_schema.insert(url).second) sync_schema(settings_);
    sql::Session session(sql::read_settings(settings_));
    const auto tables = copying::copied_tables();
    std::for_each(tables.rbegin(), tables.rend(), [&](const copying::Table& table) {
      session.execute("DELETE FROM " + std::string(table.name));
    });
  }

  const CatalogSettings& settings() const { return settings_; }

 private:
  CatalogSettings settings_;
};

}  // namespace vitrine::catalog
