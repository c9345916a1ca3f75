#include "tests/support/vsphere_fixture.h"

#include <fstream>

/// What a store does when something goes wrong.
namespace vitrine::tests {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// What goes wrong.

TEST_F(VmwareServerTest, AsksAgainWhenTheServerIsBusy) {
  const Location location = write("blob", "content");

  for (const char* where :
       {"prefix=/folder&method=GET", "prefix=/folder&method=HEAD", "prefix=/sdk&method=POST"}) {
    order(fmt::format("fail?{}&status=503&count=2", where));
    EXPECT_EQ(read(location), "content");
    EXPECT_EQ(driver_->size({}, location), 7u);
    EXPECT_THAT(driver_->list({}), ElementsAre("blob"));
  }
}

TEST_F(VmwareServerTest, GivesUpWhenTheServerStaysBusy) {
  const Location location = write("blob", "content");
  order("fail?prefix=/folder&method=HEAD&status=503&count=4");

  EXPECT_EQ(error_of([&] { driver_->size({}, location); }), ErrorCode::unavailable);
  EXPECT_EQ(driver_->size({}, location), 7u);
}

TEST_F(VmwareServerTest, LeavesNothingWhenAnUploadIsRefused) {
  struct {
    unsigned status;
    ErrorCode code;
  } const refusals[] = {{507, ErrorCode::storage_full},
                        {413, ErrorCode::storage_full},
                        {403, ErrorCode::storage_denied},
                        {404, ErrorCode::storage_denied},
                        {409, ErrorCode::duplicate}};
  for (const auto& [status, code] : refusals) {
    for (const std::optional<std::uint64_t> size : {std::optional<std::uint64_t>(7), {}}) {
      order(fmt::format("fail?prefix=/folder&method=PUT&status={}", status));
      EXPECT_EQ(error_of([&] { write("blob", "content", size); }), code) << status;
      EXPECT_THAT(files(ds1), IsEmpty());
    }
  }
}

TEST_F(VmwareServerTest, BeginsAnUploadAgainThatFailsBeforeItHasSentAnything) {
  order("fail?prefix=/folder&method=PUT&status=500&count=3");
  EXPECT_EQ(read(write("blob", "content")), "content");

  order("fail?prefix=/folder&method=PUT&status=500&count=4");
  EXPECT_EQ(error_of([&] { write("other", "content"); }), ErrorCode::unavailable);
  EXPECT_THAT(files(ds1), ElementsAre("blob"));
}

TEST_F(VmwareServerTest, TakesAFailureOnAFullDatastoreForItsReason) {
  const auto writer = driver_->create({}, {"blob"}, 7);
  set_free("ds1", 6);
  order("fail?prefix=/folder&method=PUT&status=500&count=4");

  EXPECT_EQ(error_of([&] {
              writer->write(bytes_of("content"));
              writer->commit();
            }),
            ErrorCode::storage_full);
}

TEST_F(VmwareServerTest, WaitsForTasks) {
  order("slow-tasks?polls=3");
  const Location location = write("blob", "content");
  order("slow-tasks?polls=3");
  driver_->remove({}, location);
  EXPECT_THAT(files(ds1), IsEmpty());
}

TEST_F(VmwareServerTest, WaitsForATaskNoLongerThanItMay) {
  VmwareSettings settings = new_settings();
  settings.task_time_limit = std::chrono::milliseconds(100);
  start_with(std::move(settings));
  const Location location = write("blob", "content");
  order("slow-tasks?polls=1000000");

  EXPECT_EQ(error_of([&] { driver_->remove({}, location); }), ErrorCode::timed_out);
  order("slow-tasks?polls=0");
}

TEST_F(VmwareServerTest, RemovesABlobWhoseCommitTookTooLong) {
  VmwareSettings settings = new_settings();
  settings.task_time_limit = std::chrono::milliseconds(100);
  start_with(std::move(settings));
  {
    const auto writer = driver_->create({}, {"blob"}, {});
    writer->write(bytes_of("content"));
    order("slow-tasks?polls=1000000");
    EXPECT_EQ(error_of([&] { writer->commit(); }), ErrorCode::timed_out);
    EXPECT_THAT(files(ds1), ElementsAre("blob"));
    order("slow-tasks?polls=0");
  }

  EXPECT_THAT(files(ds1), IsEmpty());
}

TEST_F(VmwareServerTest, RemovesLaterWhatCannotBeRemovedNow) {
  {
    const auto writer = driver_->create({}, {"blob"}, {});
    writer->write(bytes_of("content"));
    order("fail?prefix=/sdk&method=POST&status=503&count=4");
  }
  EXPECT_THAT(files(ds1), ElementsAre(StartsWith("blob.vitrine-")));

  EXPECT_EQ(read(write("blob", "content")), "content");

  EXPECT_THAT(files(ds1), ElementsAre("blob"));
}

// Nobody knows whether a call was carried out whose answer is lost; here it was.

TEST_F(VmwareServerTest, CommitsABlobThoughAnAnswerIsLost) {
  for (const char* call : {"MoveDatastoreFile_Task", "info", "FindByInventoryPath"}) {
    order(fmt::format("fail?prefix=/sdk&method=POST&status=0&saying={}", call));
    const Location location = write("blob", "content");
    EXPECT_EQ(read(location), "content") << call;
    EXPECT_THAT(files(ds1), ElementsAre("blob"));
    driver_->remove({}, location);
  }
}

TEST_F(VmwareServerTest, RemovesABlobThoughAnAnswerIsLost) {
  const Location location = write("blob", "content");
  order("fail?prefix=/sdk&method=POST&status=0&saying=DeleteDatastoreFile_Task");

  driver_->remove({}, location);

  EXPECT_THAT(files(ds1), IsEmpty());
}

TEST_F(VmwareServerTest, LeavesNothingOfABlobOfWhoseCommitNoAnswerComes) {
  const auto write_in_vain = [&] {
    const auto writer = driver_->create({}, {"blob"}, {});
    writer->write(bytes_of("content"));
    order("fail?prefix=/sdk&method=POST&status=0&saying=MoveDatastoreFile_Task&count=4");
    EXPECT_EQ(error_of([&] { writer->commit(); }), ErrorCode::unavailable);
    EXPECT_THAT(files(ds1), ElementsAre("blob"));
  };

  write_in_vain();

  EXPECT_THAT(files(ds1), IsEmpty());
}

TEST_F(VmwareServerTest, LeavesNothingOfABlobWhoseUploadGetsNoAnswer) {
  for (const std::optional<std::uint64_t> size : {std::optional<std::uint64_t>(7), {}}) {
    order("fail?prefix=/folder&method=PUT&status=0");
    EXPECT_EQ(error_of([&] { write("blob", "content", size); }), ErrorCode::unavailable);
    EXPECT_THAT(files(ds1), IsEmpty());
  }
}

TEST_F(VmwareServerTest, DiscardsThePartsThatACrashLeft) {
  write("other", "content");
  write("blob", "content");
  for (const std::string& name : {stores::name_of_part("blob"), stores::name_of_part("other")}) {
    std::ofstream(on_disk(ds1, settings_.folder) / name) << "part";
  }

  driver_->discard({}, {"blob"});

  EXPECT_THAT(files(ds1), ::testing::UnorderedElementsAre("other", StartsWith("other.vitrine-")));
}

TEST_F(VmwareServerTest, LeavesNoBlobBehindWhoseDatacenterItCannotSee) {
  Location location = write("blob", "content");
  location.uri.replace(location.uri.find("dcPath=dc1"), 10, "dcPath=dc9");

  EXPECT_EQ(error_of([&] { driver_->remove({}, location); }), ErrorCode::unavailable);
}

TEST_F(VmwareServerTest, ReadsLocationsThatNameAnotherHostFromItsOwnServer) {
  Location location = write("blob", "content");
  location.uri = "vsphere://elsewhere.invalid" + location.uri.substr(location.uri.find("/folder"));

  EXPECT_EQ(read(location), "content");
}

}  // namespace
}  // namespace vitrine::tests
