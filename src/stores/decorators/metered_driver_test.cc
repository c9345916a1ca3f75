#include "stores/decorators/metered_driver.h"

#include <gmock/gmock.h>

#include "tests/support/memory_driver.h"

namespace vitrine::stores {
namespace {

using ::testing::HasSubstr;

class MeteredDriverTest : public ::testing::Test {
 protected:
  Metrics metrics_;
  tests::MemoryDriver& memory_ = *new tests::MemoryDriver;
  MeteredDriver driver_{std::unique_ptr<Driver>(&memory_), StoreMetrics(metrics_, "fast"), nullptr};
  const StoreCall call_;
};

TEST_F(MeteredDriverTest, CountsTheBytesOfWriters) {
  const auto writer = driver_.create(call_, {"a"}, {});
  writer->write(bytes_of("12345"));
  writer->write(bytes_of("678"));

  EXPECT_THAT(metrics_.exposition(), HasSubstr("vitrine_store_written_bytes_total{store=\"fast\"} 8\n"));
}

TEST_F(MeteredDriverTest, CountsTheBytesOfReaders) {
  const Location location = memory_.put("a", "12345678");
  std::array<std::byte, 5> space;
  const auto reader = driver_.open(call_, location, {});
  reader->read(space);
  reader->read(space);
  reader->read(space);

  EXPECT_THAT(metrics_.exposition(), HasSubstr("vitrine_store_read_bytes_total{store=\"fast\"} 8\n"));
}

TEST_F(MeteredDriverTest, CountsWhoIsThere) {
  const Location location = memory_.put("a", "content");
  auto reader = driver_.open(call_, location, {});
  auto writer = driver_.create(call_, {"b"}, {});
  EXPECT_THAT(metrics_.exposition(), HasSubstr("vitrine_store_readers{store=\"fast\"} 1\n"));
  EXPECT_THAT(metrics_.exposition(), HasSubstr("vitrine_store_writers{store=\"fast\"} 1\n"));

  reader.reset();
  writer.reset();
  EXPECT_THAT(metrics_.exposition(), HasSubstr("vitrine_store_readers{store=\"fast\"} 0\n"));
  EXPECT_THAT(metrics_.exposition(), HasSubstr("vitrine_store_writers{store=\"fast\"} 0\n"));
}

}  // namespace
}  // namespace vitrine::stores
