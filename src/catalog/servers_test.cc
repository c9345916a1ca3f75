#include "tests/contract/catalog_contract.h"
#include "tests/support/server_database.h"

/// Engines that are servers. Not for ctest: tests/services/with-databases starts them.
namespace vitrine::catalog {
namespace {

class ServerTestDatabase : public TestDatabase {
 public:
  explicit ServerTestDatabase(const char* variable) : database_(variable) {}
  CatalogSettings settings() const override { return database_.settings(); }

 private:
  ServerDatabase database_;
};

TestEngine engine(const char* name, const char* variable) {
  return {name, [variable] { return std::make_unique<ServerTestDatabase>(variable); }};
}

INSTANTIATE_TEST_SUITE_P(Servers, CatalogContract,
                         testing::Values(engine("MariaDB", "VITRINE_TEST_MARIADB"),
                                         engine("PostgreSQL", "VITRINE_TEST_POSTGRESQL")),
                         [](const auto& parameter) { return parameter.param.name; });

}  // namespace
}  // namespace vitrine::catalog
