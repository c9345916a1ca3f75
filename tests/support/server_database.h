#pragma once

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "catalog/catalog.h"
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
    sync_schema(settings_);
    sql::Session session(sql::read_settings(settings_));
    for (const char* table : {"task_info", "tasks", "image_members", "image_locations", "image_tags",
                              "image_properties", "images"}) {
      session.execute(std::string("DELETE FROM ") + table);
    }
  }

  const CatalogSettings& settings() const { return settings_; }

 private:
  CatalogSettings settings_;
};

}  // namespace vitrine::catalog
