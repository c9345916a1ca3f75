#pragma once

#include "imports/imports.h"
#include "imports/recovery.h"
#include "stores/drivers/file_driver.h"
#include "tests/support/house.h"

namespace vitrine::imports {

/// A house with several stores where imports are made, one at a time and on the test's own thread. Fails the
/// test that leaves a line in the journal, a staged file or a lock behind.
class ImportHouse : public images::House {
 protected:
  ImportHouse() : House(stores::StoreMode::several) {
    std::filesystem::create_directory(staging_path());
    stores::FileSettings place;
    place.directories = stores::parse_data_directories(staging_path().string(), {});
    reserved_.staging = std::make_unique<stores::Store>(
        stores::StoreTraits{.id = "os_glance_staging_store", .type = "file", .schemes = {"file"}},
        std::make_unique<stores::FileDriver>(place), 2);
    reserved_.staging_directory = staging_path();
  }

  ~ImportHouse() override {
    EXPECT_TRUE(journal_.entries().empty()) << "a line was left in the journal of imports";
  }

  std::filesystem::path staging_path() const { return directory_.path() / "staging"; }

  Means means() {
    return {.resources = resources_,
            .limits = limits_,
            .tasks = tasks_,
            .journal = journal_,
            .unsettled = unsettled_,
            .staging = staging_,
            .settings = settings_};
  }

  /// An image whose data waits for its import.
  model::Image staged(std::string_view content) {
    const model::Image image = queued();
    StagedUpload upload(means(), admin_, image, {}, {});
    upload.write(chunk(content));
    upload.finish();
    return seen(image.id);
  }

  /// Accepts an import into stores of these names, as Imports does, and returns the job that is to run.
  std::unique_ptr<ImportJob> accepted(const model::Image& image, std::string_view method, ImportWish wish,
                                      const std::vector<std::string>& store_ids) {
    const MethodRow& row = *find_import_method(method);
    ImportRequest request{
        .caller = admin_, .request_id = "req-1", .image = image, .wish = std::move(wish), .targets = {}};
    for (const std::string& id : store_ids) request.targets.push_back(stores_->find(id));
    journal_.add(import_line(task_id, image.id, store_ids));
    EXPECT_TRUE(catalog_->take_import_lock(image.id, task_id));
    catalog_->insert_task(
        {.id = std::string(task_id), .type = "api_image_import", .owner = "p", .image_id = image.id});
    method_ = row.make({.downloader = downloader_, .admission = admission_, .keystone = keystone_});
    return std::make_unique<ImportJob>(means(), *method_, row.starts_from, row.purpose, std::move(request),
                                       std::string(task_id));
  }

  model::Task task() { return *catalog_->find_task(task_id); }

  std::string property(const model::Image& image, std::string_view name) {
    const std::optional<model::Image> fresh = catalog_->find(image.id);
    const model::Property* found = fresh->find_property(name);
    return found == nullptr ? "none" : found->value.value_or("null");
  }

  void expect_settled(const model::Image& image) {
    EXPECT_EQ(property(image, model::import_lock), "none");
    EXPECT_TRUE(std::filesystem::is_empty(staging_path())) << "a file stayed in staging";
    EXPECT_TRUE(journal_.entries().empty());
  }

  static constexpr std::string_view task_id = "11111111-2222-4333-8444-555555555555";

  images::Resources resources_ = resources();
  images::Tasks tasks_{*catalog_, clock_, std::chrono::hours{48}};
  transfer::Journal journal_{directory_.path() / "imports"};
  Unsettled unsettled_;
  stores::ReservedStores reserved_;
  Staging staging_{reserved_};
  ImportSettings settings_{.methods = {"glance-direct", "copy-image"}};
  fetch::Downloader downloader_{{}, admission_, buffers_};
  keystone::Session* keystone_ = nullptr;
  std::unique_ptr<ImportMethod> method_;
};

}  // namespace vitrine::imports
