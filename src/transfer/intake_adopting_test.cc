#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "stores/drivers/file_driver.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/test_stores.h"
#include "transfer/intake.h"

namespace vitrine::transfer {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;
using tests::code_of;
using tests::Operation;

/// A staged file, a file store beside it, and a memory store, which has to be written to.
class IntakeAdopting : public ::testing::Test {
 protected:
  IntakeAdopting() {
    std::ofstream(settings_.file.value()) << "content";
    stores::FileSettings settings;
    settings.directories = {{images_.string(), 0}};
    disk_ = std::make_unique<stores::Store>(
        stores::StoreTraits{.id = "disk", .type = "file", .schemes = {"file"}},
        std::make_unique<tests::FaultyDriver>(std::make_unique<stores::FileDriver>(settings), disk_faults_),
        std::size_t{2});
  }

  Received run(std::string_view content = "content") {
    Intake intake({disk_.get(), memory_.store}, {"blob"}, {}, digests_, {}, settings_);
    intake.write(tests::chunk_of(buffers_, content.substr(0, 3)));
    intake.write(tests::chunk_of(buffers_, content.substr(3)));
    return intake.commit();
  }

  void expect_nothing_but_the_file() {
    EXPECT_TRUE(fs::is_empty(images_));
    EXPECT_THAT(memory_.memory->names(), IsEmpty());
    EXPECT_THAT(memory_.memory->unfinished(), IsEmpty());
    EXPECT_EQ(fs::file_size(*settings_.file), 7u);
  }

  threads::BufferPool buffers_{4096, 16};
  threads::WorkerPool digests_{"digests", 2};
  tests::TemporaryDirectory place_;
  const fs::path images_ = place_.path() / "images";
  IntakeSettings settings_{.file = place_.path() / "staged"};
  tests::Faults disk_faults_;
  std::unique_ptr<stores::Store> disk_;
  tests::TestStore memory_{"memory"};
};

TEST_F(IntakeAdopting, LinksTheFileWhereTheStoreCanAndCopiesItElsewhere) {
  const Received received = run();

  EXPECT_TRUE(fs::equivalent(images_ / "blob", *settings_.file));
  EXPECT_EQ(memory_.memory->content("blob"), "content");
  EXPECT_EQ(received.md5, "9a0364b9e99bb480dd25e1f0284c8555");
  EXPECT_EQ(received.blobs.at(0).location.uri, "file://" + (images_ / "blob").string());
}

TEST_F(IntakeAdopting, KeepsTheBlobWhenTheFileIsRemoved) {
  run();

  fs::remove(*settings_.file);

  EXPECT_EQ(fs::file_size(images_ / "blob"), 7u);
}

TEST_F(IntakeAdopting, CopiesAFileThatTheStoreCannotLink) {
  fs::rename(*settings_.file, place_.path() / "elsewhere");
  fs::create_symlink(place_.path() / "elsewhere", *settings_.file);

  run();

  EXPECT_FALSE(fs::equivalent(images_ / "blob", place_.path() / "elsewhere"));
  EXPECT_EQ(fs::file_size(images_ / "blob"), 7u);
  EXPECT_EQ(disk_faults_.calls(Operation::create), 1u);
}

TEST_F(IntakeAdopting, RefusesOtherBytesThanTheFileHas) {
  EXPECT_EQ(code_of([&] { run("cont"); }), ErrorCode::invalid);

  expect_nothing_but_the_file();
}

TEST_F(IntakeAdopting, LeavesNothingButTheFileWhereverItFails) {
  for (const Operation operation : {Operation::adopt, Operation::write, Operation::commit}) {
    disk_faults_.fail(operation, 1);
    EXPECT_EQ(code_of([&] { run(); }), ErrorCode::unavailable);
    expect_nothing_but_the_file();

    disk_faults_.cut_short(operation, 1);
    EXPECT_EQ(code_of([&] { run(); }), ErrorCode::unavailable);
    expect_nothing_but_the_file();
  }
}

TEST_F(IntakeAdopting, TakesTheLinkBackWhenAnotherStoreCannotCommit) {
  memory_.faults.fail(Operation::commit, 1, Error(ErrorCode::storage_full, "full"));

  EXPECT_EQ(code_of([&] { run(); }), ErrorCode::storage_full);

  expect_nothing_but_the_file();
}

TEST_F(IntakeAdopting, GoesOnWithoutAStoreThatCannotAdopt) {
  settings_.store_failure = StoreFailure::drops_the_store;
  disk_faults_.fail(Operation::adopt, 1);

  const Received received = run();

  EXPECT_EQ(received.failed.at(0).store_id, "disk");
  EXPECT_TRUE(fs::is_empty(images_));
  EXPECT_EQ(memory_.memory->content("blob"), "content");
}

}  // namespace
}  // namespace vitrine::transfer
