#include "stores/decorators/metered_driver.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "stores/drivers/file_driver.h"
#include "tests/support/memory_driver.h"
#include "tests/support/temporary_directory.h"

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

TEST_F(MeteredDriverTest, LearnsNothingFromAReaderThatLendsNothing) {
  StoreHealth health(metrics_, "fast");
  auto* memory = new tests::MemoryDriver;
  MeteredDriver driver(std::unique_ptr<Driver>(memory), StoreMetrics(metrics_, "fast"), &health);
  std::array<std::byte, 5> space;
  const auto reader = driver.open(call_, memory->put("a", "12345678"), {});
  health.set_trouble("It does not answer.");

  EXPECT_TRUE(reader->lend().empty());
  EXPECT_EQ(health.trouble(), "It does not answer.");
  reader->read(space);
  EXPECT_EQ(health.trouble(), "");
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

TEST_F(MeteredDriverTest, HasNoAbilityThatTheDriverInsideHasNot) {
  EXPECT_EQ(driver_.abilities().adopt, nullptr);
}

TEST_F(MeteredDriverTest, CountsBytesOfAdoptedFilesApart) {
  const tests::TemporaryDirectory place;
  const std::filesystem::path file = place.path() / "staged";
  std::ofstream(file) << "12345678";
  FileSettings settings;
  settings.directories = {{(place.path() / "images").string(), 0}};
  MeteredDriver driver(std::make_unique<FileDriver>(settings), StoreMetrics(metrics_, "disk"), nullptr);

  const auto writer = driver.abilities().adopt->adopt(call_, {"a"}, file);
  writer->write(bytes_of("12345678"));

  EXPECT_THAT(metrics_.exposition(), HasSubstr("vitrine_store_adopted_bytes_total{store=\"disk\"} 8\n"));
  EXPECT_THAT(metrics_.exposition(), HasSubstr("vitrine_store_written_bytes_total{store=\"disk\"} 0\n"));
  EXPECT_THAT(metrics_.exposition(), HasSubstr("vitrine_store_writers{store=\"disk\"} 1\n"));
}

TEST_F(MeteredDriverTest, LetsTheFileBeCopiedThatCannotBeAdopted) {
  const tests::TemporaryDirectory place;
  FileSettings settings;
  settings.directories = {{(place.path() / "images").string(), 0}};
  MeteredDriver driver(std::make_unique<FileDriver>(settings), StoreMetrics(metrics_, "disk"), nullptr);

  EXPECT_EQ(driver.abilities().adopt->adopt(call_, {"a"}, place.path()), nullptr) << "a directory";
}

}  // namespace
}  // namespace vitrine::stores
