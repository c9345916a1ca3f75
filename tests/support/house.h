#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "images/images.h"
#include "tests/support/faulty_driver.h"
#include "tests/support/memory_driver.h"
#include "tests/support/temporary_directory.h"

namespace vitrine::images {

/// A store of the house.
struct HouseStore {
  tests::Faults faults;
  tests::MemoryDriver* memory = nullptr;  ///< owned by the store
  stores::Store* store = nullptr;         ///< owned by the house's StoreSet

  std::unique_ptr<stores::Store> make(stores::StoreTraits traits) {
    auto driver = std::make_unique<tests::MemoryDriver>();
    memory = driver.get();
    traits.type = "memory";
    traits.schemes = {std::string(tests::MemoryDriver::scheme)};
    auto made = std::make_unique<stores::Store>(
        std::move(traits), std::make_unique<tests::FaultyDriver>(std::move(driver), faults), 2);
    store = made.get();
    return made;
  }
};

/// A whole house for tests of use cases: a catalog in a file of its own, a faulty store in memory, real
/// journals and pools. With several stores there are two more: `second`, and `origin`, which is read-only.
/// Fails the test that leaves something under way behind.
class House : public testing::Test {
 protected:
  /// `database_options`: as in a URL, such as "?timeout=1".
  explicit House(stores::StoreMode mode = stores::StoreMode::single, std::string_view database_options = {}) {
    const std::string file = (directory_.path() / "catalog.sqlite").string();
    const catalog::CatalogSettings settings{.connection =
                                                fmt::format("sqlite:///{}{}", file, database_options)};
    catalog::sync_schema(settings);
    catalog_ = std::make_unique<catalog::Catalog>(settings, clock_);
    quotas_ = std::make_unique<Quotas>(*catalog_, storage_quota_);
    std::vector<std::unique_ptr<stores::Store>> all;
    all.push_back(first_.make({.id = "memory", .type = "", .schemes = {}, .uri_prefixes = {"memory://"}}));
    if (mode == stores::StoreMode::several) {
      all.push_back(second_.make({.id = "second", .type = "", .schemes = {}, .weight = -1}));
      all.push_back(
          origin_.make({.id = "origin", .type = "", .schemes = {}, .weight = -2, .keeps_data = false}));
    }
    stores_ = std::make_unique<stores::StoreSet>(std::move(all), "memory", mode);
    memory_ = first_.memory;
  }

  ~House() override {
    EXPECT_TRUE(memory_->unfinished().empty()) << "a writer was left open";
    for (const model::Project& project : {model::Project{}, model::Project{"p"}}) {
      EXPECT_EQ(quotas_->reserved(project), 0u) << "a reservation was not released";
    }
    EXPECT_EQ(buffers_.in_use(), 0u) << "a buffer was not given back";
    EXPECT_EQ(download_buffers_.in_use(), 0u) << "a buffer was not given back";
  }

  Resources resources() {
    return {.catalog = *catalog_,
            .stores = *stores_,
            .uploads = uploads_,
            .removals = removals_,
            .quotas = *quotas_,
            .digests = digests_,
            .buffers = buffers_,
            .download_buffers = download_buffers_,
            .admission = admission_};
  }

  Images images() { return Images(resources(), limits_); }

  /// A queued image that is ready for data.
  model::Image queued(std::string_view disk_format = "raw") {
    model::Image image;
    image.disk_format = disk_format;
    image.container_format = "bare";
    return images().create(admin_, image);
  }

  /// The image as it is now.
  model::Image seen(std::string_view image_id) { return images().visible(admin_, image_id); }

  model::Image fill(const model::Image& image, std::string_view content) {
    const auto upload = images().upload(admin_, image, {}, {});
    upload->write(chunk(content));
    return upload->finish();
  }

  model::Image active(std::string_view content) { return fill(queued(), content); }

  /// An active image with a copy of its data in each of two stores.
  model::Image with_two_copies(std::string_view content) {
    const model::Image image = active(content);
    return with_location(image.id,
                         {second_.memory->put(image.id, std::string(content)).uri, {{"store", "second"}}});
  }

  /// Gives the image a location as if it had always had it.
  model::Image with_location(std::string_view image_id, const stores::Location& location) {
    return catalog_->change(image_id,
                            [&](model::Image& image) { image.locations.emplace_back().location = location; });
  }

  /// The URIs of the image's locations with the names of their stores, in the order of their rows.
  std::vector<std::string> locations_of(std::string_view image_id) {
    std::vector<std::string> result;
    const std::optional<model::Image> image = catalog_->find(image_id);
    for (const model::ImageLocation& row : image->locations) {
      const auto* store = row.location.metadata.if_contains("store");
      result.push_back((store ? std::string(store->as_string()) : "") + " " + row.location.uri);
    }
    return result;
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
  StorageQuota storage_quota_{0};
  model::Caller admin_{.is_admin = true};
  threads::BufferPool buffers_{64 * 1024, 16};
  threads::BufferPool download_buffers_{1024, 16};
  fetch::Admission admission_{fetch::UriFilter({}), fetch::Vicinity::site};
  std::unique_ptr<catalog::Catalog> catalog_;
  std::unique_ptr<Quotas> quotas_;
  transfer::Journal uploads_{directory_.path() / "uploads"};
  transfer::Journal removals_{directory_.path() / "removals"};
  HouseStore first_;
  HouseStore second_;
  HouseStore origin_;
  tests::Faults& faults_ = first_.faults;
  tests::MemoryDriver* memory_ = nullptr;  // the first store's
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
