#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "images/images.h"
#include "tests/support/faulty_driver.h"
#include "tests/support/memory_driver.h"
#include "tests/support/temporary_directory.h"

namespace vitrine::images {

/// A whole house for tests of use cases: a catalog in a file of its own, one faulty store in memory, real
/// journals and pools. Fails the test that leaves something under way behind.
class House : public testing::Test {
 protected:
  House() {
    const catalog::CatalogSettings settings{.connection = "sqlite:///" +
                                                          (directory_.path() / "catalog.sqlite").string()};
    catalog::sync_schema(settings);
    catalog_ = std::make_unique<catalog::Catalog>(settings, clock_);
    auto memory = std::make_unique<tests::MemoryDriver>();
    memory_ = memory.get();
    std::vector<std::unique_ptr<stores::Store>> all;
    all.push_back(std::make_unique<stores::Store>(
        stores::StoreTraits{
            .id = "memory", .type = "memory", .schemes = {std::string(tests::MemoryDriver::scheme)}},
        std::make_unique<tests::FaultyDriver>(std::move(memory), faults_), 2));
    stores_ = std::make_unique<stores::StoreSet>(std::move(all), "memory");
  }

  ~House() override {
    EXPECT_TRUE(memory_->unfinished().empty()) << "a writer was left open";
    EXPECT_EQ(buffers_.in_use(), 0u) << "a buffer was not given back";
  }

  Resources resources() {
    return {.catalog = *catalog_,
            .stores = *stores_,
            .uploads = uploads_,
            .removals = removals_,
            .digests = digests_,
            .buffers = buffers_};
  }

  Images images() { return Images(resources(), limits_); }

  /// A queued image that is ready for data.
  model::Image queued() {
    model::Image image;
    image.disk_format = "raw";
    image.container_format = "bare";
    return images().create(admin_, image);
  }

  model::Image active(std::string_view content) {
    const model::Image image = queued();
    const auto upload = images().upload(admin_, image.id, {}, {});
    upload->write(chunk(content));
    return upload->finish();
  }

  Chunk chunk(std::string_view content) {
    threads::Buffer buffer = buffers_.take(deadline_in(std::chrono::seconds{10}));
    std::copy_n(bytes_of(content).begin(), content.size(), buffer.space().begin());
    return buffer.freeze(content.size());
  }

  std::string status_of(std::string_view image_id) {
    return std::string(to_string(catalog_->find(image_id)->status));
  }

  void expect_no_trace_of(const model::Image& image, std::string_view status) {
    EXPECT_EQ(status_of(image.id), status);
    EXPECT_FALSE(memory_->content(image.id)) << "data was left in the store";
    EXPECT_TRUE(uploads_.entries().empty()) << "a line was left in the journal";
    EXPECT_TRUE(removals_.entries().empty());
  }

  tests::TemporaryDirectory directory_;  // first, so that it goes when nothing is open in it any more
  FakeClock clock_{parse_time("2026-03-01T09:30:00Z").value()};
  Limits limits_;
  model::Caller admin_{.is_admin = true};
  threads::BufferPool buffers_{64 * 1024, 16};
  std::unique_ptr<catalog::Catalog> catalog_;
  transfer::Journal uploads_{directory_.path() / "uploads"};
  transfer::Journal removals_{directory_.path() / "removals"};
  tests::Faults faults_;
  tests::MemoryDriver* memory_ = nullptr;  // owned by the store
  std::unique_ptr<stores::StoreSet> stores_;
  threads::WorkerPool digests_{"digests", 2};
};

template <class Call>
ErrorCode code_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::internal;
}

}  // namespace vitrine::images
