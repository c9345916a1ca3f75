#include "tests/support/memory_driver.h"

#include <gtest/gtest.h>

#include "tests/contract/driver_contract.h"

namespace vitrine::tests {
namespace {

class MemorySubject : public DriverSubject {
 public:
  stores::Driver& driver() override { return driver_; }
  std::vector<std::string> everything() override {
    std::vector<std::string> names = driver_.names();
    for (const std::string& name : driver_.unfinished()) names.push_back(name + " (unfinished)");
    names.push_back(std::to_string(driver_.abilities().capacity->space({}).free) + " bytes free");
    return names;
  }

 private:
  MemoryDriver driver_;
};

const std::vector<DriverCase> cases = {{"Plain", [] { return std::make_unique<MemorySubject>(); }}};
INSTANTIATE_DRIVER_CONTRACT(Memory, cases);

TEST(MemoryDriver, TakesNoMoreThanItHasRoomFor) {
  MemoryDriver driver(10);
  const auto writer = driver.create({}, {"blob"}, {});

  writer->write(bytes_of("12345678"));

  EXPECT_EQ(error_of([&] { writer->write(bytes_of("901")); }), ErrorCode::storage_full);
}

}  // namespace
}  // namespace vitrine::tests
