#include "imports/job.h"

#include <gmock/gmock.h>

#include <thread>

#include "imports/bookkeeping.h"
#include "tests/support/import_house.h"

namespace vitrine::imports {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using tests::Operation;

class ImportRun : public ImportHouse {
 protected:
  void import(const model::Image& image, ImportWish wish = {}) {
    accepted(image, "glance-direct", std::move(wish), {"memory", "second"})->run();
  }

  /// Of what is left to another task.
  void clear_away(const model::Image& image) {
    journal_.clear(task_id);
    first_.memory->discard({}, {image.id});
    second_.memory->discard({}, {image.id});
  }

  void expect_undone(const model::Image& image) {
    EXPECT_EQ(status_of(image.id), "queued");
    EXPECT_FALSE(first_.memory->content(image.id));
    EXPECT_FALSE(second_.memory->content(image.id));
    EXPECT_EQ(task().status, model::TaskStatus::failure);
    EXPECT_EQ(property(image, importing_to_stores), "");
    expect_settled(image);
  }
};

TEST_F(ImportRun, FillsAllStoresAndMakesTheImageActive) {
  const model::Image image = staged("12345");

  import(image);

  const model::Image done = seen(image.id);
  EXPECT_EQ(done.status, model::ImageStatus::active);
  EXPECT_EQ(done.size, 5u);
  EXPECT_EQ(done.checksum, "827ccb0eea8a706c4c34a16891f84e7b");
  EXPECT_EQ(first_.memory->content(image.id), "12345");
  EXPECT_EQ(second_.memory->content(image.id), "12345");
  EXPECT_EQ(task().status, model::TaskStatus::success);
  EXPECT_EQ(property(image, failed_import), "");
  expect_settled(image);
}

TEST_F(ImportRun, GroupsOfStoresReadBackWhatTheFirstOneGot) {
  settings_.parallel_stores = 1;
  const model::Image image = staged("12345");
  first_.faults.stall(Operation::open, 1);  // it is asked for what it has
  const auto job = accepted(image, "glance-direct", {}, {"memory", "second"});

  std::jthread runner([&] { job->run(); });
  EXPECT_TRUE(first_.faults.wait_for_stall());
  first_.faults.release();
  runner.join();

  EXPECT_EQ(second_.memory->content(image.id), "12345");
  EXPECT_EQ(status_of(image.id), "active");
  expect_settled(image);
}

struct Fault {
  std::string name;
  Operation operation;
};

class OneStoreFails : public ImportRun, public testing::WithParamInterface<Fault> {};

TEST_P(OneStoreFails, WhichUndoesTheImport) {
  const model::Image image = staged("12345");
  second_.faults.fail(GetParam().operation, 1);

  import(image);

  EXPECT_THAT(task().message, HasSubstr("second"));
  EXPECT_EQ(property(image, failed_import), "memory,second");
  expect_undone(image);
}

TEST_P(OneStoreFails, WhichTheOthersNeedNotMind) {
  const model::Image image = staged("12345");
  second_.faults.fail(GetParam().operation, 1);

  import(image, {.all_stores_must_succeed = false});

  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_EQ(first_.memory->content(image.id), "12345");
  EXPECT_FALSE(second_.memory->content(image.id));
  EXPECT_EQ(property(image, failed_import), "second");
  EXPECT_EQ(seen(image.id).locations.size(), 1u);
  EXPECT_EQ(task().status, model::TaskStatus::success);
  EXPECT_THAT(task().message, HasSubstr("Store second: "));
  expect_settled(image);
}

TEST_P(OneStoreFails, InTheFirstOfTwoGroups) {
  settings_.parallel_stores = 1;
  const model::Image image = staged("12345");
  first_.faults.fail(GetParam().operation, 1);

  import(image, {.all_stores_must_succeed = false});

  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_FALSE(first_.memory->content(image.id));
  EXPECT_EQ(second_.memory->content(image.id), "12345");
  EXPECT_EQ(property(image, failed_import), "memory");
  expect_settled(image);
}

INSTANTIATE_TEST_SUITE_P(Anywhere, OneStoreFails,
                         testing::Values(Fault{"Create", Operation::create}, Fault{"Write", Operation::write},
                                         Fault{"Commit", Operation::commit}),
                         [](const auto& test) { return test.param.name; });

TEST_F(ImportRun, AStalledStoreIsDropped) {
  settings_.store_stall_timeout = std::chrono::seconds{1};
  const model::Image image = staged("12345");
  second_.faults.hang(Operation::write, 1);

  import(image, {.all_stores_must_succeed = false});

  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_EQ(property(image, failed_import), "second");
  EXPECT_EQ(journal_.entries().size(), 1u) << "a restart must know what the stalled call may leave";
  second_.faults.release();
  const Deadline deadline = deadline_in(std::chrono::seconds{30});
  while (!journal_.entries().empty() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  EXPECT_THAT(journal_.entries(), IsEmpty());
  EXPECT_FALSE(second_.memory->content(image.id));
}

TEST_F(ImportRun, WithoutAnyStoreLeftItFails) {
  const model::Image image = staged("12345");
  first_.faults.fail(Operation::commit, 1);
  second_.faults.fail(Operation::write, 1);

  import(image, {.all_stores_must_succeed = false});

  expect_undone(image);
}

TEST_F(ImportRun, AnImageThatIsDeletedMeanwhileGetsNothing) {
  const model::Image image = staged("12345");
  first_.faults.stall(Operation::commit, 1);
  const auto job = accepted(image, "glance-direct", {}, {"memory", "second"});

  std::jthread runner([&] { job->run(); });
  EXPECT_TRUE(first_.faults.wait_for_stall());
  images().remove(admin_, seen(image.id), {});
  first_.faults.release();
  runner.join();

  EXPECT_FALSE(first_.memory->content(image.id));
  EXPECT_FALSE(second_.memory->content(image.id));
  EXPECT_EQ(task().status, model::TaskStatus::failure);
  EXPECT_THAT(task().message, HasSubstr("deleted"));
  EXPECT_TRUE(journal_.entries().empty());
}

TEST_F(ImportRun, WhoeverTookTheLockKeepsTheImage) {
  const model::Image image = staged("12345");
  first_.faults.stall(Operation::commit, 1);
  const auto job = accepted(image, "glance-direct", {}, {"memory", "second"});

  std::jthread runner([&] { job->run(); });
  EXPECT_TRUE(first_.faults.wait_for_stall());
  catalog_->release_import_lock(image.id, task_id);
  catalog_->take_import_lock(image.id, "another");
  first_.faults.release();
  runner.join();

  EXPECT_EQ(status_of(image.id), "importing");
  EXPECT_EQ(property(image, model::import_lock), "another");
  EXPECT_EQ(first_.memory->content(image.id), "12345") << "it may be what the other one wrote";
  EXPECT_EQ(task().status, model::TaskStatus::failure);
  EXPECT_TRUE(unsettled_.contains(task_id));
  clear_away(image);
}

TEST_F(ImportRun, WhoeverTookTheLockKeepsTheStagedData) {
  const model::Image image = staged("12345");
  first_.faults.stall(Operation::commit, 1);
  const auto job = accepted(image, "glance-direct", {}, {"memory", "second"});

  std::jthread runner([&] { job->run(); });
  EXPECT_TRUE(first_.faults.wait_for_stall());
  catalog_->release_import_lock(image.id, task_id);
  catalog_->take_import_lock(image.id, "another");
  first_.faults.release();
  runner.join();

  EXPECT_EQ(staging_.size_of(image.id), 5u);
  clear_away(image);
}

TEST_F(ImportRun, CancelledItSaysWhy) {
  const model::Image image = staged("12345");
  const auto job = accepted(image, "glance-direct", {}, {"memory"});

  job->cancel("The service was stopped.");
  job->run();

  EXPECT_EQ(task().message, "The service was stopped.");
  expect_undone(image);
}

TEST_F(ImportRun, ASignOfLifeTellsHowFarItIsAndNeedsTheLock) {
  const model::Image image = staged("12345");
  const auto job = accepted(image, "glance-direct", {}, {"memory"});
  tasks_.advance(task_id, model::TaskStatus::processing, [](model::Task&) {});
  clock_.advance(std::chrono::minutes{1});

  job->beat();

  EXPECT_EQ(task().message, "Copied 0 MiB");
  EXPECT_EQ(task().updated_at, clock_.now());
  catalog_->release_import_lock(image.id, task_id);
  EXPECT_EQ(images::code_of([&] { job->beat(); }), ErrorCode::gone);
  journal_.clear(task_id);
}

TEST_F(ImportRun, AsGlanceItCanLeaveAStagedImageImporting) {
  settings_.failures_stay_importing = true;
  const model::Image image = staged("12345");
  first_.faults.fail(Operation::write, 1);

  import(image);

  EXPECT_EQ(status_of(image.id), "importing");
  expect_settled(image);
}

TEST_F(ImportRun, ACopyThatFailsLeavesTheImageAsItWas) {
  const model::Image image = active("12345");
  second_.faults.fail(Operation::commit, 1);

  accepted(image, "copy-image", {}, {"second"})->run();

  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_EQ(first_.memory->content(image.id), "12345");
  EXPECT_FALSE(second_.memory->content(image.id));
  EXPECT_EQ(property(image, failed_import), "second");
  expect_settled(image);
}

TEST_F(ImportRun, TheQuotaCountsEveryCopy) {
  storage_quota_ = images::StorageQuota(9);
  const model::Image image = staged("12345");

  import(image);

  EXPECT_THAT(task().message, HasSubstr("quota"));
  expect_undone(image);
}

}  // namespace
}  // namespace vitrine::imports
