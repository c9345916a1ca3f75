#include "tests/contract/driver_contract.h"

#include <fcntl.h>
#include <unistd.h>

/// What a driver does that can take over a finished file.
namespace vitrine::tests {
namespace {

namespace fs = std::filesystem;

/// The file in another directory entry, by which it can be seen after the first is gone.
std::string content_of(const fs::path& file) {
  const UniqueFd opened(::open(file.c_str(), O_RDONLY));
  std::string content(fs::file_size(file), '\0');
  EXPECT_EQ(::pread(opened.get(), content.data(), content.size(), 0), static_cast<ssize_t>(content.size()));
  return content;
}

}  // namespace

TEST_P(DriverContractAdopting, HasTheBytesOfAnAdoptedFile) {
  const std::string content = varied_content(500'000);
  const auto writer = adopt("blob", subject().file_to_adopt(content));
  for (int i = 0; i < 5; ++i) writer->write(bytes_of(std::string_view(content).substr(i * 100'000, 100'000)));

  const stores::Location location = commit(*writer);

  EXPECT_TRUE(read(location) == content);
  EXPECT_EQ(driver().size(call_, location), content.size());
}

TEST_P(DriverContractAdopting, TakesItsBytesFromTheFileAndNotFromItsWriter) {
  const auto writer = adopt("blob", subject().file_to_adopt("content"));
  writer->write(bytes_of("ignored"));

  EXPECT_EQ(read(commit(*writer)), "content");
}

TEST_P(DriverContractAdopting, AdoptsAnEmptyFile) {
  const auto writer = adopt("blob", subject().file_to_adopt(""));

  EXPECT_EQ(read(commit(*writer)), "");
}

TEST_P(DriverContractAdopting, KeepsABlobWhoseFileIsRemovedLater) {
  const fs::path file = subject().file_to_adopt("content");
  const auto writer = adopt("blob", file);
  writer->write(bytes_of("content"));
  const stores::Location location = commit(*writer);

  fs::remove(file);

  EXPECT_EQ(read(location), "content");
}

TEST_P(DriverContractAdopting, NeedsTheNameOfTheFileNoMoreOnceItAdoptsIt) {
  const fs::path file = subject().file_to_adopt("content");
  const auto writer = adopt("blob", file);
  fs::remove(file);
  writer->write(bytes_of("content"));

  EXPECT_EQ(read(commit(*writer)), "content");
}

TEST_P(DriverContractAdopting, LeavesTheFileWhenTheBlobIsRemoved) {
  const fs::path file = subject().file_to_adopt("content");
  const auto writer = adopt("blob", file);
  writer->write(bytes_of("content"));

  remove(commit(*writer));

  EXPECT_EQ(content_of(file), "content");
}

TEST_P(DriverContractAdopting, IsNotThereBeforeItsCommit) {
  const stores::Location location = nowhere();
  const auto writer = adopt("nowhere", subject().file_to_adopt("content"));
  writer->write(bytes_of("content"));

  EXPECT_EQ(error_of([&] { driver().size(call_, location); }), ErrorCode::not_found);
}

TEST_P(DriverContractAdopting, LeavesNothingButTheFileWhenItIsAbandoned) {
  const fs::path file = subject().file_to_adopt("content");

  adopt("abandoned", file)->write(bytes_of("con"));

  expect_nothing_left();
  EXPECT_EQ(content_of(file), "content");
}

TEST_P(DriverContractAdopting, CommitsNoFileThatHasMoreOrLessBytesThanCameIn) {
  const fs::path file = subject().file_to_adopt("content");

  for (const std::string_view written : {"", "conten", "contents"}) {
    const auto writer = adopt("blob", file);
    writer->write(bytes_of(written));
    EXPECT_EQ(error_of([&] { commit(*writer); }), ErrorCode::invalid) << written;
  }

  expect_nothing_left();
}

TEST_P(DriverContractAdopting, DoesNotAdoptUnderANameThatIsTaken) {
  const stores::Location location = write("taken", "first");
  const fs::path file = subject().file_to_adopt("second");

  EXPECT_EQ(error_of([&] { adopt("taken", file); }), ErrorCode::duplicate);
  EXPECT_EQ(read(location), "first");
}

TEST_P(DriverContractAdopting, LetsTheFirstCommitWinWhoeverWritesOrAdopts) {
  const fs::path file = subject().file_to_adopt("file");
  const auto first = adopt("contested", file);
  const auto second = adopt("contested", file);
  const auto third = create("contested");
  for (const auto* writer : {&first, &second, &third}) (*writer)->write(bytes_of("file"));

  const stores::Location location = commit(*second);

  EXPECT_EQ(error_of([&] { commit(*first); }), ErrorCode::duplicate);
  EXPECT_EQ(error_of([&] { commit(*third); }), ErrorCode::duplicate);
  EXPECT_EQ(read(location), "file");
}

TEST_P(DriverContractAdopting, MakesSeveralBlobsOfOneFile) {
  const fs::path file = subject().file_to_adopt("content");
  const auto first = adopt("first", file);
  const auto second = adopt("second", file);
  for (const auto* writer : {&first, &second}) (*writer)->write(bytes_of("content"));

  const stores::Location removed = commit(*first);
  const stores::Location kept = commit(*second);
  remove(removed);

  EXPECT_EQ(read(kept), "content");
}

TEST_P(DriverContractAdopting, RefusesWhatIsNoNameAndNoFile) {
  const fs::path file = subject().file_to_adopt("content");

  EXPECT_EQ(error_of([&] { adopt("../escaped", file); }), ErrorCode::invalid);
  EXPECT_EQ(error_of([&] { adopt("blob", file.string() + "-missing"); }), ErrorCode::not_found);
}

}  // namespace vitrine::tests
