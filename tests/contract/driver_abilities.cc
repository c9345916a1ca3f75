#include "tests/contract/driver_contract.h"

#include <gmock/gmock.h>
#include <unistd.h>

/// What a driver does that has an ability beyond the seam.
namespace vitrine::tests {

TEST_P(DriverContractFiles, OpensABlobAsAFile) {
  const std::string content = varied_content(100'000);
  const stores::Location location = store("blob", content);

  for (const ByteRange& range : std::vector<ByteRange>{{}, {0, 10}, {99'990, 100}, {5, 0}, {100'000, {}}}) {
    const FileRange file = driver().abilities().files->open_file(call_, location, range);
    std::string read(file.length, '\0');

    ASSERT_EQ(::pread(file.file.get(), read.data(), read.size(), static_cast<off_t>(file.offset)),
              static_cast<ssize_t>(file.length));
    EXPECT_TRUE(read == content.substr(range.offset, range.length.value_or(content.size())));
  }
}

TEST_P(DriverContractFiles, OpensNoFileWhereNothingIs) {
  const stores::Location missing = nowhere();
  const stores::Location short_one = store("blob", "content");
  stores::FileHandles& files = *driver().abilities().files;

  EXPECT_EQ(error_of([&] { files.open_file(call_, missing, {}); }), ErrorCode::not_found);
  EXPECT_EQ(error_of([&] { files.open_file(call_, short_one, {8, {}}); }), ErrorCode::range_unsatisfiable);
}

TEST_P(DriverContractCapacity, KnowsItsRoom) {
  const stores::Space space = driver().abilities().capacity->space(call_);

  EXPECT_GT(space.total, 0u);
  EXPECT_LE(space.free, space.total);
}

TEST_P(DriverContractCapacity, RefusesABlobThatIsKnownNotToFit) {
  const stores::Space space = driver().abilities().capacity->space(call_);

  EXPECT_EQ(error_of([&] { create("huge", space.total + 1); }), ErrorCode::storage_full);
  EXPECT_EQ(error_of([&] { create("huge", UINT64_MAX); }), ErrorCode::storage_full);
}

TEST_P(DriverContractListing, NamesWhatIsCommittedAndNothingElse) {
  const auto list = [&] { return driver().abilities().listing->list(call_); };
  EXPECT_THAT(list(), ::testing::UnorderedElementsAre());

  const stores::Location first = write("first", "content");
  write("second", "");
  const auto unfinished = create("unfinished");
  unfinished->write(bytes_of("content"));
  EXPECT_THAT(list(), ::testing::UnorderedElementsAre("first", "second"));

  remove(first);
  EXPECT_THAT(list(), ::testing::UnorderedElementsAre("second"));
}

}  // namespace vitrine::tests
