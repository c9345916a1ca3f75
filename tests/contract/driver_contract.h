#pragma once

#include <gtest/gtest.h>

#include <filesystem>
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

  /// Puts a blob there and takes it away. A driver that can write does it itself; for one that cannot, an
  /// outsider does.
  virtual stores::Location put(const std::string& name, std::string_view content);
  virtual void take_away(const stores::Location& location);

  /// A file that such a driver can adopt which has the ability; not one of the things in the store. An
  /// outsider makes it. Asked of no other driver.
  virtual std::filesystem::path file_to_adopt(std::string_view content);
};

/// A way to configure a driver, with a new and empty store each time.
struct DriverCase {
  std::string name;
  std::function<std::unique_ptr<DriverSubject>()> make;
};

inline std::ostream& operator<<(std::ostream& out, const DriverCase& driver) {
  return out << driver.name;
}

/// What every driver does, also one that only reads. After each test all that it stored is removed, and
/// anything else that is then left in the store fails it. Tests are chosen by what the driver can do, never
/// by its name.
class DriverContract : public ::testing::TestWithParam<DriverCase> {
 protected:
  void SetUp() override;
  void TearDown() override;

  stores::Driver& driver() { return subject_->driver(); }
  DriverSubject& subject() { return *subject_; }
  /// A blob that is there, however it came there, until the test ends.
  stores::Location store(const std::string& name, std::string_view content);
  /// A location of this store at which nothing lies.
  stores::Location nowhere();
  std::string read(const stores::Location& location, ByteRange range = {});
  void expect_nothing_left();

  /// Sees to it that the blob is removed after the test. Any thread may call it.
  void remove_later(const stores::Location& location);

  const stores::StoreCall call_;

 private:
  std::unique_ptr<DriverSubject> subject_;
  std::vector<std::string> before_;
  std::mutex mutex_;
  std::vector<stores::Location> stored_;
};

/// What a driver does that can write.
class DriverContractWriting : public DriverContract {
 protected:
  std::unique_ptr<stores::BlobWriter> create(const std::string& name, std::optional<std::uint64_t> size = {});
  /// Commits, and sees to it that the blob is removed after the test. Any thread may call it.
  stores::Location commit(stores::BlobWriter& writer);
  /// Writes and commits.
  stores::Location write(const std::string& name, std::string_view content,
                         std::optional<std::uint64_t> size = {});
  void remove(const stores::Location& location) { driver().remove(call_, location); }
};

/// What a driver does that cannot write.
class DriverContractReadOnly : public DriverContract {};

/// What a driver does that has the ability.
class DriverContractFiles : public DriverContract {};
class DriverContractCapacity : public DriverContractWriting {};
class DriverContractListing : public DriverContractWriting {};
class DriverContractAdopting : public DriverContractWriting {
 protected:
  std::unique_ptr<stores::BlobWriter> adopt(const std::string& name, const std::filesystem::path& file) {
    return driver().abilities().adopt->adopt(call_, {name}, file);
  }
};

/// Whether a part of the contract is for a driver.
using Fits = bool (*)(const stores::Abilities& abilities);
inline bool can_write(const stores::Abilities& abilities) {
  return abilities.can_write;
}
inline bool can_only_read(const stores::Abilities& abilities) {
  return !abilities.can_write;
}
inline bool has_files(const stores::Abilities& abilities) {
  return abilities.files != nullptr;
}
inline bool has_capacity(const stores::Abilities& abilities) {
  return abilities.can_write && abilities.capacity != nullptr;
}
inline bool has_listing(const stores::Abilities& abilities) {
  return abilities.can_write && abilities.listing != nullptr;
}
inline bool can_adopt(const stores::Abilities& abilities) {
  return abilities.can_write && abilities.adopt != nullptr;
}

/// Those of the cases whose driver it is for.
std::vector<DriverCase> those_that(Fits fits, const std::vector<DriverCase>& cases);

/// Bytes in which no two stretches are alike.
std::string varied_content(std::size_t size);

std::string read_all(stores::BlobReader& reader, std::size_t step);

/// The code of the Error that `body` throws; a failure of the test if it throws none.
ErrorCode error_of(const std::function<void()>& body);

/// The message of the Error that `body` throws; a failure of the test if it throws none, or one of another
/// code.
std::string message_of(ErrorCode code, const std::function<void()>& body);

}  // namespace vitrine::tests

/// Runs the contract for a vector of DriverCase. Stands in namespace vitrine::tests.
#define INSTANTIATE_DRIVER_CONTRACT(Name, cases)                                            \
  const auto name_of_case = [](const auto& info) { return info.param.name; };               \
  INSTANTIATE_TEST_SUITE_P(Name, DriverContract, ::testing::ValuesIn(cases), name_of_case); \
  INSTANTIATE_DRIVER_CONTRACT_PART(Name, DriverContractWriting, can_write, cases);          \
  INSTANTIATE_DRIVER_CONTRACT_PART(Name, DriverContractReadOnly, can_only_read, cases);     \
  INSTANTIATE_DRIVER_CONTRACT_PART(Name, DriverContractFiles, has_files, cases);            \
  INSTANTIATE_DRIVER_CONTRACT_PART(Name, DriverContractCapacity, has_capacity, cases);      \
  INSTANTIATE_DRIVER_CONTRACT_PART(Name, DriverContractListing, has_listing, cases);        \
  INSTANTIATE_DRIVER_CONTRACT_PART(Name, DriverContractAdopting, can_adopt, cases)

#define INSTANTIATE_DRIVER_CONTRACT_PART(Name, Part, fits, cases) \
  INSTANTIATE_TEST_SUITE_P(Name, Part, ::testing::ValuesIn(those_that(fits, cases)), name_of_case)
