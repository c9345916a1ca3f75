#include "tests/support/memory_driver.h"

#include <gtest/gtest.h>

#include "stores/decorators/metered_driver.h"
#include "tests/contract/driver_contract.h"
#include "tests/support/faulty_driver.h"

namespace vitrine::tests {
namespace {

enum class Decorator { none, faulty, metered };

class MemorySubject : public DriverSubject {
 public:
  explicit MemorySubject(Decorator decorator) : driver_(decorated(decorator)) {}

  stores::Driver& driver() override { return *driver_; }
  std::vector<std::string> everything() override {
    std::vector<std::string> names = memory_->names();
    for (const std::string& name : memory_->unfinished()) names.push_back(name + " (unfinished)");
    names.push_back(std::to_string(memory_->abilities().capacity->space({}).free) + " bytes free");
    return names;
  }

 private:
  std::unique_ptr<stores::Driver> decorated(Decorator decorator) {
    auto memory = std::make_unique<MemoryDriver>();
    memory_ = memory.get();
    switch (decorator) {
      case Decorator::none:
        break;
      case Decorator::faulty:
        return std::make_unique<FaultyDriver>(std::move(memory), faults_);
      case Decorator::metered:
        return std::make_unique<stores::MeteredDriver>(std::move(memory),
                                                       stores::StoreMetrics(metrics_, "fast"), nullptr);
    }
    return memory;
  }

  Faults faults_;
  Metrics metrics_;
  MemoryDriver* memory_ = nullptr;
  std::unique_ptr<stores::Driver> driver_;
};

DriverCase memory_case(const std::string& name, Decorator decorator) {
  return {name, [=] { return std::make_unique<MemorySubject>(decorator); }};
}

const std::vector<DriverCase> cases = {
    memory_case("Alone", Decorator::none),
    memory_case("BehindFaultyDriver", Decorator::faulty),
    memory_case("BehindMeteredDriver", Decorator::metered),
};
INSTANTIATE_DRIVER_CONTRACT(Memory, cases);

TEST(MemoryDriver, TakesNoMoreThanItHasRoomFor) {
  MemoryDriver driver(10);
  const stores::StoreCall call;
  const auto writer = driver.create(call, {"blob"}, {});

  writer->write(bytes_of("12345678"));

  EXPECT_EQ(error_of([&] { writer->write(bytes_of("901")); }), ErrorCode::storage_full);
}

}  // namespace
}  // namespace vitrine::tests
