#include "imports/sweep.h"

#include <gmock/gmock.h>

#include <thread>

#include "imports/bookkeeping.h"
#include "imports/import_lock.h"
#include "imports/task_start.h"
#include "tests/support/import_house.h"

namespace vitrine::imports {
namespace {

namespace json = boost::json;
using std::chrono::hours;
using std::chrono::seconds;
using testing::HasSubstr;
using tests::Operation;

/// What nodes that are gone have left, and what this one makes of it. A heartbeat lasts 30 seconds.
class Sweeping : public ImportHouse {
 protected:
  /// A task of another node, which has the image's lock and will never be heard of again.
  void leave_task(const model::Image& image, json::object more = {{heartbeat_key, 30}},
                  model::TaskStatus status = model::TaskStatus::processing) {
    more["image_id"] = image.id;
    more.emplace("backend", json::array{"memory", "second"});  // unless it is there
    model::Task task{.id = std::string(task_id), .type = "api_image_import", .status = status, .owner = "p"};
    task.image_id = image.id;
    task.input = std::move(more);
    catalog_->insert_task(task);
    EXPECT_TRUE(catalog_->take_import_lock(image.id, task_id));
  }

  /// The same, of an import that had begun and had filled one store.
  model::Image leave_import(const json::object& more = {{heartbeat_key, 30}}) {
    const model::Image image = queued();
    leave_task(image, more);
    record_of(image).begin(model::ImageStatus::queued, {});
    first_.memory->put(image.id, "12345");
    return image;
  }

  /// As the task with the lock changes it.
  ImportRecord record_of(const model::Image& image, Purpose purpose = Purpose::first_data,
                         std::vector<std::string> store_ids = {"memory", "second"}) {
    locked_.emplace(*catalog_, image.id, std::string(task_id));
    return ImportRecord(*locked_, *stores_, purpose, std::move(store_ids));
  }

  /// A task that gives an image a location, and has done so.
  model::Image leave_location(model::ImageStatus status) {
    const model::Image image = queued();
    model::Task task{.id = std::string(task_id),
                     .type = std::string(location_task_type),
                     .status = model::TaskStatus::processing,
                     .owner = "p",
                     .image_id = image.id};
    task.input = json::object{{"image_id", image.id}, {heartbeat_key, 30}};
    catalog_->insert_task(task);
    EXPECT_TRUE(catalog_->take_import_lock(image.id, task_id));
    const stores::Location location = first_.memory->put("of-the-client", "12345");
    LockedImage(*catalog_, image.id, std::string(task_id)).change([&](model::Image& fresh) {
      fresh.locations.push_back({.location = location});
      fresh.size = 5;
      fresh.os_hash_algo = "sha512";
      fresh.set_property(hash_host, "http://gone");
      model::change_status(fresh, status);
    });
    return image;
  }

  /// A task by which a client makes an image, and has made it. `more` is the client's own input.
  model::Image leave_client_task(json::object more = {}) {
    model::Task task{.id = std::string(task_id),
                     .type = std::string(client_task_type),
                     .status = model::TaskStatus::processing,
                     .owner = "p"};
    more["backend"] = "memory";
    more[heartbeat_key] = 30;
    task.input = std::move(more);
    catalog_->insert_task(task);
    return queued();
  }

  void sweep_after(seconds time) {
    now_ += time;
    sweep_.round(now_);
  }

  void sweep_until_dead() {
    sweep_after(seconds{0});
    sweep_after(seconds{300});
  }

  void expect_undone(const model::Image& image) {
    EXPECT_EQ(status_of(image.id), "queued");
    EXPECT_FALSE(first_.memory->content(image.id));
    EXPECT_EQ(task().status, model::TaskStatus::failure);
    EXPECT_THAT(task().message, HasSubstr("The node that worked on the task is gone"));
    EXPECT_EQ(property(image, importing_to_stores), "");
    EXPECT_EQ(property(image, failed_import), "memory,second");
    expect_settled(image);
  }

  void expect_untouched(const model::Image& image) {
    EXPECT_EQ(status_of(image.id), "importing");
    EXPECT_EQ(first_.memory->content(image.id), "12345");
    EXPECT_EQ(task().status, model::TaskStatus::processing);
    EXPECT_EQ(property(image, model::import_lock), task_id);
  }

  void clear_away(const model::Image& image) { first_.memory->discard({}, {image.id}); }

  Sweep::Instant now_{};
  std::optional<LockedImage> locked_;
  Sweep sweep_{means(), clock_};
};

TEST_F(Sweeping, AnImportIsUndoneAfterTenHeartbeatsOfSilence) {
  const model::Image image = leave_import();

  sweep_after(seconds{0});
  sweep_after(seconds{299});
  expect_untouched(image);
  sweep_after(seconds{1});

  expect_undone(image);
}

TEST_F(Sweeping, ATaskThatGivesSignsOfLifeIsLeftAlone) {
  const model::Image image = leave_import();

  for (int i = 0; i < 20; ++i) {
    clock_.advance(seconds{30});
    tasks_.touch(task_id, "Copied 1 MiB");
    sweep_after(seconds{200});
  }

  expect_untouched(image);
  clear_away(image);
}

TEST_F(Sweeping, ClocksOfNodesNeedNotAgree) {
  const model::Image image = leave_import();
  clock_.advance(hours{5});

  sweep_after(seconds{0});
  sweep_after(seconds{30});

  expect_untouched(image);
  clear_away(image);
}

TEST_F(Sweeping, PythonGlancesTasksAreGivenTheTimeThatTheOperatorSays) {
  settings_.glance_task_timeout = hours{3};
  const model::Image image = leave_import(json::object());

  clock_.advance(hours{3} - seconds{1});
  sweep_until_dead();
  expect_untouched(image);
  clock_.advance(seconds{1});
  sweep_after(seconds{1});

  expect_undone(image);
}

TEST_F(Sweeping, PythonGlancesTasksNeverGetLessThanItsOwnTimeOut) {
  settings_.glance_task_timeout = hours{1};
  const model::Image image = queued();
  leave_task(image, json::object(), model::TaskStatus::pending);

  clock_.advance(hours{2} - seconds{1});
  sweep_until_dead();
  EXPECT_EQ(task().status, model::TaskStatus::pending);
  clock_.advance(seconds{1});
  sweep_after(seconds{1});

  EXPECT_EQ(task().status, model::TaskStatus::failure);
  EXPECT_EQ(property(image, model::import_lock), "none");
}

TEST_F(Sweeping, AnImportThatHadNotBegunLeavesItsImageQueued) {
  const model::Image image = staged("12345");
  catalog_->change(image.id, [](model::Image& fresh) { fresh.set_property(stage_host, "http://gone"); });
  leave_task(image, {{heartbeat_key, 30}}, model::TaskStatus::pending);

  sweep_until_dead();

  EXPECT_EQ(task().status, model::TaskStatus::failure);
  EXPECT_EQ(status_of(image.id), "queued");
  EXPECT_EQ(property(image, stage_host), "none");
  expect_settled(image);
}

TEST_F(Sweeping, AnImportThatIsInTheRecordIsFinished) {
  const model::Image image = leave_import();
  transfer::Received received{.size = 5, .md5 = "m", .hash_algo = "sha512", .hash_value = "h"};
  received.blobs = {{"memory", first_.memory->put(image.id, "12345")}};
  received.failed = {{"second", "down", ErrorCode::unavailable}};
  record_of(image).take(received, [](model::Image&) {}, {});

  sweep_until_dead();

  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_EQ(first_.memory->content(image.id), "12345");
  EXPECT_EQ(task().status, model::TaskStatus::success);
  expect_settled(image);
}

TEST_F(Sweeping, AHalfMadeCopyGoesAndTheImageStays) {
  const model::Image image = active("12345");
  leave_task(image, {{heartbeat_key, 30}, {"backend", json::array{"second"}}});
  second_.memory->put(image.id, "123");

  sweep_until_dead();

  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_EQ(first_.memory->content(image.id), "12345");
  EXPECT_FALSE(second_.memory->content(image.id));
  EXPECT_EQ(task().status, model::TaskStatus::failure);
  expect_settled(image);
}

TEST_F(Sweeping, WhatWasWrittenForADeletedImageGoes) {
  const model::Image image = leave_import();
  images().remove(admin_, seen(image.id), {});

  sweep_until_dead();

  EXPECT_FALSE(first_.memory->content(image.id));
  EXPECT_EQ(task().status, model::TaskStatus::failure);
}

TEST_F(Sweeping, AnImageThatAnotherTaskHasIsLeftToIt) {
  const model::Image image = leave_import();
  catalog_->release_import_lock(image.id, task_id);
  catalog_->take_import_lock(image.id, "another");

  sweep_until_dead();

  EXPECT_EQ(task().status, model::TaskStatus::failure);
  EXPECT_EQ(status_of(image.id), "importing");
  EXPECT_EQ(property(image, model::import_lock), "another");
  EXPECT_EQ(first_.memory->content(image.id), "12345");
  clear_away(image);
}

TEST_F(Sweeping, ANodeThatDiedWhileItTookOverIsTakenOver) {
  const model::Image image = leave_import();
  catalog_->release_import_lock(image.id, task_id);

  sweep_until_dead();

  expect_undone(image);
}

TEST_F(Sweeping, TheTaskThatCleansUpIsNoneOfTheImagesOrTheOwners) {
  const model::Image image = leave_import();

  sweep_until_dead();

  const model::Caller owner{.project_id = "p"};
  EXPECT_EQ(tasks_.of_image(owner, image.id).size(), 1u);
  EXPECT_EQ(tasks_.list(owner, {}).size(), 1u);
  EXPECT_EQ(tasks_.list(admin_, {}).size(), 2u);
}

TEST_F(Sweeping, WithAStoreDownTheImageStaysTakenUntilItCanBeCleaned) {
  const model::Image image = leave_import();
  first_.faults.fail(Operation::discard, 1);

  sweep_until_dead();
  EXPECT_EQ(status_of(image.id), "importing");
  EXPECT_NE(property(image, model::import_lock), task_id);
  EXPECT_EQ(journal_.entries().size(), 1u);
  sweep_after(seconds{30});

  expect_undone(image);
}

TEST_F(Sweeping, AnImportThatCouldNotBeSettledAtItsEndIsSettled) {
  const model::Image image = staged("12345");
  const auto job = accepted(image, "glance-direct", {}, {"memory", "second"});
  unsettled_.add(task_id);  // as if the database had been away

  sweep_after(seconds{0});

  EXPECT_EQ(status_of(image.id), "queued");
  EXPECT_EQ(task().status, model::TaskStatus::failure);
  expect_settled(image);
}

TEST_F(Sweeping, AnImportOfThisNodeThatRunsIsItsOwnBusiness) {
  const model::Image image = staged("12345");
  const auto job = accepted(image, "glance-direct", {}, {"memory", "second"});

  clock_.advance(hours{48});
  sweep_until_dead();

  EXPECT_EQ(task().status, model::TaskStatus::pending);
  job->run();
  EXPECT_EQ(status_of(image.id), "active");
}

TEST_F(Sweeping, WhatAnImportLeftThatOthersTookOverGoesOnceTheyAreDone) {
  const model::Image image = staged("12345");
  first_.faults.stall(Operation::commit, 1);
  const auto job = accepted(image, "glance-direct", {}, {"memory", "second"});
  std::jthread runner([&] { job->run(); });
  EXPECT_TRUE(first_.faults.wait_for_stall());
  catalog_->release_import_lock(image.id, task_id);
  catalog_->take_import_lock(image.id, "another");
  first_.faults.release();
  runner.join();

  sweep_after(seconds{0});
  EXPECT_TRUE(first_.memory->content(image.id)) << "it might be the other task's";
  catalog_->release_import_lock(image.id, "another");
  sweep_after(seconds{30});

  EXPECT_FALSE(first_.memory->content(image.id));
  EXPECT_FALSE(second_.memory->content(image.id));
  EXPECT_EQ(status_of(image.id), "queued");
  expect_settled(image);
}

TEST_F(Sweeping, ATaskThatLivesAfterAllCannotChangeTheImageAnyMore) {
  const model::Image image = leave_import();
  ImportRecord record = record_of(image);
  first_.faults.fail(Operation::discard, 1);  // the image is just being cleaned up
  sweep_until_dead();

  EXPECT_EQ(images::code_of([&] { record.take({}, [](model::Image&) {}, {}); }), ErrorCode::gone);
  EXPECT_EQ(images::code_of([&] { tasks_.touch(task_id, "alive"); }), ErrorCode::conflict);
  sweep_after(seconds{30});

  expect_undone(image);
}

TEST_F(Sweeping, ALocationThatWaitedForItsDigestIsTakenBack) {
  const model::Image image = leave_location(model::ImageStatus::importing);

  sweep_until_dead();

  const model::Image now = seen(image.id);
  EXPECT_EQ(now.status, model::ImageStatus::queued);
  EXPECT_TRUE(now.locations.empty());
  EXPECT_EQ(property(image, hash_host), "none");
  EXPECT_EQ(task().status, model::TaskStatus::failure);
  EXPECT_THAT(task().message, HasSubstr("The node that worked on the task is gone"));
  EXPECT_TRUE(first_.memory->content("of-the-client")) << "the client's own data was removed";
  expect_settled(image);
  first_.memory->discard({}, {"of-the-client"});
}

TEST_F(Sweeping, AnImageInUseKeepsItsLocationWithoutDigests) {
  const model::Image image = leave_location(model::ImageStatus::active);

  sweep_until_dead();

  const model::Image now = seen(image.id);
  EXPECT_EQ(now.status, model::ImageStatus::active);
  EXPECT_EQ(now.locations.size(), 1u);
  EXPECT_EQ(property(image, hash_host), "none");
  EXPECT_EQ(task().status, model::TaskStatus::success);
  EXPECT_THAT(task().message, HasSubstr("digests"));
  expect_settled(image);
}

TEST_F(Sweeping, TheHalfMadeImageOfAClientsTaskGoes) {
  const model::Image image = leave_client_task();
  catalog_->take_import_lock(image.id, task_id);
  record_of(image, Purpose::new_image, {"memory"}).begin(model::ImageStatus::queued, {});
  first_.memory->put(image.id, "12345");

  sweep_until_dead();

  EXPECT_TRUE(catalog_->find(image.id)->is_deleted);
  EXPECT_FALSE(first_.memory->content(image.id));
  EXPECT_EQ(task().status, model::TaskStatus::failure);
  EXPECT_TRUE(journal_.entries().empty());
}

TEST_F(Sweeping, TheImageOfAClientsTaskIsFoundAlthoughItIsHidden) {
  const model::Image image = leave_client_task();
  catalog_->change(image.id, [](model::Image& fresh) { fresh.is_hidden = true; });
  catalog_->take_import_lock(image.id, task_id);
  record_of(image, Purpose::new_image, {"memory"}).begin(model::ImageStatus::queued, {});

  sweep_until_dead();

  EXPECT_TRUE(catalog_->find(image.id)->is_deleted);
}

TEST_F(Sweeping, ANodeThatDiedWhileItTookAClientsTaskOverIsTakenOver) {
  const model::Image image = leave_client_task();
  catalog_->take_import_lock(image.id, task_id);
  record_of(image, Purpose::new_image, {"memory"}).begin(model::ImageStatus::queued, {});
  catalog_->release_import_lock(image.id, task_id);
  model::Task successor = *catalog_->find_task(task_id);
  successor.id = "22222222-2222-4333-8444-555555555555";
  successor.owner = "";
  successor.image_id = image.id;
  catalog_->insert_task(successor);

  sweep_until_dead();

  EXPECT_TRUE(catalog_->find(image.id)->is_deleted);
  EXPECT_EQ(task().status, model::TaskStatus::failure);
  EXPECT_EQ(catalog_->find_task(successor.id)->status, model::TaskStatus::failure);
  EXPECT_TRUE(journal_.entries().empty());
}

TEST_F(Sweeping, AnImageThatAClientsTaskHasMadeWholeStays) {
  const model::Image image = leave_client_task();
  catalog_->take_import_lock(image.id, task_id);
  ImportRecord record = record_of(image, Purpose::new_image, {"memory"});
  record.begin(model::ImageStatus::queued, {});
  transfer::Received received{.size = 5, .md5 = "m", .hash_algo = "sha512", .hash_value = "h"};
  received.blobs = {{"memory", first_.memory->put(image.id, "12345")}};
  record.take(received, [](model::Image&) {}, {});

  sweep_until_dead();

  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_EQ(task().status, model::TaskStatus::success);
  expect_settled(image);
}

TEST_F(Sweeping, NoClientNamesTheImageThatADeadTaskLosesToo) {
  const model::Image foreign = queued();
  clock_.advance(seconds{1});
  leave_client_task({{"image_id", foreign.id}, {"takes_over", "x"}});

  sweep_until_dead();

  EXPECT_EQ(task().status, model::TaskStatus::failure);
  EXPECT_EQ(status_of(foreign.id), "queued");
  EXPECT_FALSE(catalog_->find(foreign.id)->is_deleted);
}

TEST_F(Sweeping, StagedFilesOfImagesThatNobodyImportsGo) {
  const model::Image left = staged("12345");
  const model::Image waiting = staged("12345");
  catalog_->change(left.id,
                   [](model::Image& image) { model::change_status(image, model::ImageStatus::queued); });

  sweep_after(seconds{0});

  EXPECT_EQ(staging_.size_of(left.id), std::nullopt);
  EXPECT_EQ(staging_.size_of(waiting.id), 5u);
}

}  // namespace
}  // namespace vitrine::imports
