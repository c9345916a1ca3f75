#include "catalog/migrations/migration.h"

#include <fmt/format.h>

namespace vitrine::catalog {

std::string statement_for(const sql::SchemaWords& words, std::string_view statement) {
  const auto check = [&](std::string_view flag) {
    return words.checks_flags ? fmt::format(",\n         CHECK ({} IN (0, 1))", flag) : std::string();
  };
  return fmt::format(
      fmt::runtime(statement), fmt::arg("id", words.id), fmt::arg("big_id", words.big_id),
      fmt::arg("big", words.big), fmt::arg("time", words.time), fmt::arg("no", words.no),
      fmt::arg("visibility", words.visibility), fmt::arg("images_checks", words.images_checks),
      fmt::arg("check_deleted", check("deleted")), fmt::arg("check_protected", check("protected")),
      fmt::arg("check_can_share", check("can_share")), fmt::arg("options", words.table_options));
}

}  // namespace vitrine::catalog
