#include "imports/recovery.h"

#include <gmock/gmock.h>

#include <fstream>
#include <set>

#include "imports/bookkeeping.h"
#include "tests/support/import_house.h"

namespace vitrine::imports {
namespace {

using testing::HasSubstr;

/// What a process that died at some moment left, and what the next one makes of it.
class Recovery : public ImportHouse {
 protected:
  /// The journal's line, the lock and the task of an import into both stores, as they are once it was
  /// accepted.
  void leave_accepted(const model::Image& image, std::string_view method) {
    dead_ = accepted(image, method, {}, {"memory", "second"});
  }

  void leave_begun(const model::Image& image, Purpose purpose, model::ImageStatus from) {
    tasks_.advance(task_id, model::TaskStatus::processing, [](model::Task&) {});
    LockedImage locked(*catalog_, image.id, std::string(task_id));
    ImportRecord(locked, *stores_, purpose, {"memory", "second"}).begin(from, {});
  }

  std::unique_ptr<ImportJob> dead_;  // never runs
};

TEST_F(Recovery, AnAcceptedImportIsUndone) {
  const model::Image image = staged("12345");
  leave_accepted(image, "glance-direct");

  recover(means());

  EXPECT_EQ(task().status, model::TaskStatus::failure);
  EXPECT_THAT(task().message, HasSubstr("ended"));
  EXPECT_EQ(status_of(image.id), "queued");
  expect_settled(image);
}

TEST_F(Recovery, WhatWasWrittenToStoresGoes) {
  const model::Image image = staged("12345");
  leave_accepted(image, "glance-direct");
  leave_begun(image, Purpose::first_data, model::ImageStatus::uploading);
  first_.memory->put(image.id, "12345");

  recover(means());

  EXPECT_EQ(status_of(image.id), "queued");
  EXPECT_FALSE(first_.memory->content(image.id));
  EXPECT_EQ(property(image, importing_to_stores), "");
  EXPECT_EQ(property(image, failed_import), "memory,second");
  expect_settled(image);
}

TEST_F(Recovery, AnImportThatIsInTheRecordIsFinished) {
  const model::Image image = staged("12345");
  leave_accepted(image, "glance-direct");
  leave_begun(image, Purpose::first_data, model::ImageStatus::uploading);
  transfer::Received received{.size = 5, .md5 = "m", .hash_algo = "sha512", .hash_value = "h"};
  received.blobs = {{"memory", first_.memory->put(image.id, "12345")},
                    {"second", second_.memory->put(image.id, "12345")}};
  LockedImage locked(*catalog_, image.id, std::string(task_id));
  ImportRecord(locked, *stores_, Purpose::first_data, {"memory", "second"})
      .take(received, [](model::Image&) {}, {});

  recover(means());

  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_EQ(first_.memory->content(image.id), "12345");
  EXPECT_EQ(second_.memory->content(image.id), "12345");
  EXPECT_EQ(task().status, model::TaskStatus::success);
  expect_settled(image);
}

TEST_F(Recovery, AHalfMadeCopyGoesAndTheImageStays) {
  const model::Image image = active("12345");
  dead_ = accepted(image, "copy-image", {}, {"second"});
  tasks_.advance(task_id, model::TaskStatus::processing, [](model::Task&) {});
  second_.memory->put(image.id, "12345");

  recover(means());

  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_EQ(first_.memory->content(image.id), "12345");
  EXPECT_FALSE(second_.memory->content(image.id));
  EXPECT_EQ(task().status, model::TaskStatus::failure);
  expect_settled(image);
}

TEST_F(Recovery, AnImageThatWasDeletedLeavesNoData) {
  const model::Image image = staged("12345");
  leave_accepted(image, "glance-direct");
  first_.memory->put(image.id, "12345");
  images().remove(admin_, seen(image.id), {});

  recover(means());

  EXPECT_FALSE(first_.memory->content(image.id));
  EXPECT_TRUE(journal_.entries().empty());
  EXPECT_TRUE(std::filesystem::is_empty(staging_path()));
}

TEST_F(Recovery, WhatAnotherTaskHasTakenOverIsLeftToIt) {
  const model::Image image = staged("12345");
  leave_accepted(image, "glance-direct");
  catalog_->release_import_lock(image.id, task_id);
  catalog_->take_import_lock(image.id, "another");
  first_.memory->put(image.id, "12345");

  recover(means());

  EXPECT_TRUE(first_.memory->content(image.id));
  EXPECT_EQ(property(image, model::import_lock), "another");
  EXPECT_EQ(status_of(image.id), "uploading");
  EXPECT_EQ(task().status, model::TaskStatus::failure);
  EXPECT_TRUE(unsettled_.contains(task_id)) << "the rest is the sweep's";
  first_.memory->discard({}, {image.id});
  journal_.clear(task_id);
}

TEST_F(Recovery, WhatOthersHaveSettledMeanwhileIsCleanedUpHere) {
  const model::Image image = staged("12345");
  leave_accepted(image, "glance-direct");
  leave_begun(image, Purpose::first_data, model::ImageStatus::uploading);
  first_.memory->put(image.id, "12345");  // where only this node could remove it
  catalog_->change(image.id,
                   [](model::Image& fresh) { model::change_status(fresh, model::ImageStatus::queued); });
  catalog_->release_import_lock(image.id, task_id);

  recover(means());

  EXPECT_FALSE(first_.memory->content(image.id));
  EXPECT_EQ(status_of(image.id), "queued");
  expect_settled(image);
}

TEST_F(Recovery, DataThatAnotherNodeHasImportedMeanwhileStays) {
  const model::Image image = queued();
  leave_accepted(image, "copy-image");
  catalog_->release_import_lock(image.id, task_id);
  const auto upload = images().upload(admin_, image, {}, {});
  upload->write(chunk("12345"));
  upload->finish();
  second_.memory->put(image.id, "12");

  recover(means());

  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_EQ(first_.memory->content(image.id), "12345");
  EXPECT_FALSE(second_.memory->content(image.id));
  expect_settled(image);
}

TEST_F(Recovery, NothingIsRemovedWhileAnotherUploadsToTheImage) {
  const model::Image image = queued();
  leave_accepted(image, "copy-image");
  catalog_->release_import_lock(image.id, task_id);
  const auto upload = images().upload(admin_, image, {}, {});
  upload->write(chunk("12345"));

  recover(means());

  EXPECT_EQ(journal_.entries().size(), 1u);
  upload->finish();
  settle(means(), journal_.entries().at(0));
  EXPECT_EQ(first_.memory->content(image.id), "12345");
  expect_settled(image);
}

TEST_F(Recovery, DataThatWasBeingStagedGoes) {
  const model::Image image = queued();
  catalog_->change(image.id,
                   [](model::Image& fresh) { model::change_status(fresh, model::ImageStatus::uploading); });
  journal_.add(staging_line(image.id));

  recover(means());

  EXPECT_EQ(status_of(image.id), "queued");
  expect_settled(image);
}

TEST_F(Recovery, StagedDataThatIsCompleteStays) {
  const model::Image image = staged("12345");
  journal_.add(staging_line(image.id));

  recover(means());

  EXPECT_EQ(status_of(image.id), "uploading");
  EXPECT_EQ(staging_.size_of(image.id), 5u);
  EXPECT_TRUE(journal_.entries().empty());
}

TEST_F(Recovery, StagedFilesOfNoImageGoAndOthersFilesStay) {
  const model::Image image = staged("12345");
  const auto write = [&](const std::string& name) { std::ofstream(staging_path() / name) << "x"; };
  write("99999999-2222-4333-8444-555555555555");
  write("99999999-2222-4333-8444-555555555555.raw");
  write(image.id + ".raw");
  write("notes.txt");

  staging_.clean(*catalog_);

  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(staging_path())) {
    names.insert(entry.path().filename());
  }
  EXPECT_EQ(names, (std::set<std::string>{image.id, image.id + ".raw", "notes.txt"}));
}

}  // namespace
}  // namespace vitrine::imports
