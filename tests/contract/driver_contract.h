#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "stores/driver.h"

namespace vitrine::tests {

/// A driver under test, and its store as an outsider sees it.
class DriverSubject {
 public:
  virtual ~DriverSubject() = default;
  virtual stores::Driver& driver() = 0;
  /// A name for each thing that exists in the store: unfinished and hidden ones too. Looks past the driver.
  virtual std::vector<std::string> everything() = 0;
};

/// A way to configure a driver, with a new and empty store each time.
struct DriverCase {
  std::string name;
  std::function<std::unique_ptr<DriverSubject>()> make;
};

inline std::ostream& operator<<(std::ostream& out, const DriverCase& driver) {
  return out << driver.name;
}

/// What every driver does. After each test all that it stored is removed, and anything else that is then left
/// in the store fails it.
class DriverContract : public ::testing::TestWithParam<DriverCase> {
 protected:
  void SetUp() override;
  void TearDown() override;

  stores::Driver& driver() { return subject_->driver(); }
  std::unique_ptr<stores::BlobWriter> create(const std::string& name, std::optional<std::uint64_t> size = {});
  /// Writes and commits.
  stores::Location store(const std::string& name, std::string_view content,
                         std::optional<std::uint64_t> size = {});
  /// Commits, and sees to it that the blob is removed after the test. Any thread may call it.
  stores::Location commit(stores::BlobWriter& writer);
  std::string read(const stores::Location& location, ByteRange range = {});
  void remove(const stores::Location& location);
  /// A location of this store at which nothing lies.
  stores::Location nowhere();
  void expect_nothing_left();

  const stores::StoreCall call_;

 private:
  std::unique_ptr<DriverSubject> subject_;
  std::vector<std::string> before_;
  std::mutex mutex_;
  std::vector<stores::Location> stored_;
};

/// What a driver does that has the ability.
class DriverContractFiles : public DriverContract {};
class DriverContractCapacity : public DriverContract {};
class DriverContractListing : public DriverContract {};

enum class Ability { files, capacity, listing };

/// Those of the cases whose driver has the ability.
std::vector<DriverCase> having(Ability ability, const std::vector<DriverCase>& cases);

/// The code of the Error that `body` throws; a failure of the test if it throws none.
ErrorCode error_of(const std::function<void()>& body);

}  // namespace vitrine::tests

/// Runs the contract for a vector of DriverCase. Stands in namespace vitrine::tests.
#define INSTANTIATE_DRIVER_CONTRACT(Name, cases)                                                          \
  const auto name_of_case = [](const auto& info) { return info.param.name; };                             \
  INSTANTIATE_TEST_SUITE_P(Name, DriverContract, ::testing::ValuesIn(cases), name_of_case);               \
  INSTANTIATE_TEST_SUITE_P(Name, DriverContractFiles, ::testing::ValuesIn(having(Ability::files, cases)), \
                           name_of_case);                                                                 \
  INSTANTIATE_TEST_SUITE_P(Name, DriverContractCapacity,                                                  \
                           ::testing::ValuesIn(having(Ability::capacity, cases)), name_of_case);          \
  INSTANTIATE_TEST_SUITE_P(Name, DriverContractListing,                                                   \
                           ::testing::ValuesIn(having(Ability::listing, cases)), name_of_case)
