#include "tests/contract/driver_contract.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <thread>

namespace vitrine::tests {
namespace {

using ::testing::Contains;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

/// Bytes in which no two stretches are alike.
std::string varied_content(std::size_t size) {
  std::string content(size, '\0');
  std::uint32_t state = 12345;
  for (char& c : content) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>(state >> 24);
  }
  return content;
}

std::string read_all(stores::BlobReader& reader, std::size_t step) {
  std::string content;
  std::vector<std::byte> space(step);
  while (const std::size_t count = reader.read(space)) content += text_of(Bytes(space).first(count));
  return content;
}

void write_in_steps(stores::BlobWriter& writer, std::string_view content, std::size_t step) {
  for (std::size_t at = 0; at < content.size(); at += step) writer.write(bytes_of(content.substr(at, step)));
}

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

ErrorCode error_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "no error";
  return ErrorCode::internal;
}

std::vector<DriverCase> having(Ability ability, const std::vector<DriverCase>& cases) {
  std::vector<DriverCase> result;
  for (const DriverCase& each : cases) {
    const stores::Abilities abilities = each.make()->driver().abilities();
    const bool has = ability == Ability::files      ? abilities.files != nullptr
                     : ability == Ability::capacity ? abilities.capacity != nullptr
                                                    : abilities.listing != nullptr;
    if (has) result.push_back(each);
  }
  return result;
}

void DriverContract::SetUp() {
  subject_ = GetParam().make();
  before_ = sorted(subject_->everything());
}

void DriverContract::TearDown() {
  for (const stores::Location& location : stored_) {
    try {
      driver().remove(call_, location);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::not_found) << error.what();
    }
  }
  expect_nothing_left();
}

void DriverContract::expect_nothing_left() {
  EXPECT_EQ(sorted(subject_->everything()), before_);
}

std::unique_ptr<stores::BlobWriter> DriverContract::create(const std::string& name,
                                                           std::optional<std::uint64_t> size) {
  return driver().create(call_, {name}, size);
}

stores::Location DriverContract::commit(stores::BlobWriter& writer) {
  stores::Location location = writer.commit();
  const std::lock_guard lock(mutex_);
  stored_.push_back(location);
  return location;
}

stores::Location DriverContract::store(const std::string& name, std::string_view content,
                                       std::optional<std::uint64_t> size) {
  const auto writer = create(name, size);
  writer->write(bytes_of(content));
  return commit(*writer);
}

std::string DriverContract::read(const stores::Location& location, ByteRange range) {
  return read_all(*driver().open(call_, location, range), 64 * 1024);
}

void DriverContract::remove(const stores::Location& location) {
  driver().remove(call_, location);
}

stores::Location DriverContract::nowhere() {
  const stores::Location location = store("nowhere", "content");
  remove(location);
  return location;
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DriverContractFiles);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DriverContractCapacity);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DriverContractListing);

// Writing

TEST_P(DriverContract, GivesBackWhatWasWritten) {
  const stores::Location location = store("blob", "content");

  EXPECT_EQ(read(location), "content");
  EXPECT_EQ(driver().size(call_, location), 7u);
}

TEST_P(DriverContract, KeepsAnEmptyBlob) {
  const auto writer = create("empty", 0);
  const stores::Location location = commit(*writer);

  EXPECT_EQ(read(location), "");
  EXPECT_EQ(driver().size(call_, location), 0u);
}

TEST_P(DriverContract, TakesNothingWrittenAsNothing) {
  const auto writer = create("blob");
  for (const std::string_view part : {"", "a", "", "b", ""}) writer->write(bytes_of(part));

  EXPECT_EQ(read(commit(*writer)), "ab");
}

TEST_P(DriverContract, KeepsALargeBlobWrittenInUnevenPieces) {
  const std::string content = varied_content(3'000'017);

  for (const std::optional<std::uint64_t> size : {std::optional<std::uint64_t>(content.size()), {}}) {
    const auto writer = create("large", size);
    write_in_steps(*writer, content, 77'777);
    const stores::Location location = commit(*writer);

    EXPECT_TRUE(read(location) == content) << (size ? "size known" : "size not known");
    remove(location);
  }
}

TEST_P(DriverContract, KeepsLongStretchesOfZeros) {
  const std::string zeros(300'000, '\0');
  const std::string content = zeros + "middle" + zeros + zeros;
  const auto writer = create("zeros");
  write_in_steps(*writer, content, 100'000);
  const stores::Location location = commit(*writer);

  EXPECT_TRUE(read(location) == content);
  EXPECT_EQ(driver().size(call_, location), content.size());
}

// A driver may refuse a blob whose size is not the one announced, or keep it; transfer::Intake checks sizes.
TEST_P(DriverContract, NeverKeepsOtherBytesThanThoseWrittenWhenTheAnnouncedSizeIsWrong) {
  for (const std::uint64_t size : {1, 6, 8, 1000}) {
    try {
      const stores::Location location = store("blob", "content", size);
      EXPECT_EQ(read(location), "content");
      remove(location);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid) << error.what();
    }
    expect_nothing_left();
  }
}

TEST_P(DriverContract, IsNotThereBeforeItsCommit) {
  const stores::Location location = nowhere();
  const auto writer = create("nowhere");
  writer->write(bytes_of("content"));

  EXPECT_EQ(error_of([&] { driver().size(call_, location); }), ErrorCode::not_found);
  EXPECT_EQ(error_of([&] { driver().open(call_, location, {}); }), ErrorCode::not_found);
  // A store with several directories may choose another one than before.
  EXPECT_EQ(read(commit(*writer)), "content");
}

TEST_P(DriverContract, LeavesNothingWhenAWriterIsAbandonedAtAnyPoint) {
  const std::string piece = varied_content(200'000);

  for (int writes = 0; writes <= 3; ++writes) {
    for (const std::optional<std::uint64_t> size : {std::optional<std::uint64_t>(600'000), {}}) {
      auto writer = create("abandoned", size);
      for (int i = 0; i < writes; ++i) writer->write(bytes_of(piece));
      writer.reset();
      expect_nothing_left();
    }
  }
}

TEST_P(DriverContract, MayUseANameAgainAfterItWasAbandonedOrRemoved) {
  create("again")->write(bytes_of("lost"));
  remove(store("again", "first"));

  EXPECT_EQ(read(store("again", "second")), "second");
}

// Names

TEST_P(DriverContract, KeepsBlobsWithOddNamesApart) {
  const std::vector<std::string> names = {"71c675ab-d94f-49cd-a114-e12490b328d9",
                                          "a b",
                                          "a+b",
                                          "a%20b",
                                          "a%2520b",
                                          "a&b",
                                          "a=b",
                                          "naïve",
                                          "a..b",
                                          "-rf",
                                          "UPPER",
                                          "upper"};
  std::vector<stores::Location> locations;
  for (const std::string& name : names) locations.push_back(store(name, name));

  for (std::size_t i = 0; i < names.size(); ++i) EXPECT_EQ(read(locations[i]), names[i]);
}

TEST_P(DriverContract, RefusesWhatIsNoName) {
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string("../escaped"), std::string("a/b"),
        std::string("a\0b", 3), std::string(1000, 'x')}) {
    EXPECT_EQ(error_of([&] { create(name); }), ErrorCode::invalid) << name;
  }
}

TEST_P(DriverContract, DoesNotStartABlobWhoseNameIsTaken) {
  const stores::Location location = store("taken", "first");

  EXPECT_EQ(error_of([&] { create("taken"); }), ErrorCode::duplicate);
  EXPECT_EQ(read(location), "first");
}

TEST_P(DriverContract, LetsTheFirstOfTwoWritersCommit) {
  const auto first = create("contested");
  const auto second = create("contested");
  first->write(bytes_of("first"));
  second->write(bytes_of("second"));

  const stores::Location location = commit(*second);

  EXPECT_EQ(error_of([&] { commit(*first); }), ErrorCode::duplicate);
  EXPECT_EQ(read(location), "second");
}

TEST_P(DriverContract, KeepsTheWinnersBlobWhenTheLoserIsDestroyed) {
  auto loser = create("contested");
  const stores::Location location = store("contested", "winner");

  loser.reset();

  EXPECT_EQ(read(location), "winner");
}

TEST_P(DriverContract, LetsExactlyOneOfManyThreadsCommit) {
  constexpr int writers = 8;
  std::barrier start(writers);
  std::atomic<int> committed = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < writers; ++i) {
      threads.emplace_back([&] {
        const auto writer = create("contested");
        writer->write(bytes_of("content"));
        start.arrive_and_wait();
        try {
          commit(*writer);
          ++committed;
        } catch (const Error& error) {
          EXPECT_EQ(error.code(), ErrorCode::duplicate) << error.what();
        }
      });
    }
  }

  EXPECT_EQ(committed, 1);
}

// Reading

TEST_P(DriverContract, ReadsRanges) {
  const std::string content = varied_content(500'000);
  const stores::Location location = store("blob", content);
  const std::vector<ByteRange> ranges = {
      {0, 1}, {0, 100}, {0, 500'000}, {1, 499'998}, {250'000, 250'000}, {250'000, {}}, {499'999, 1}, {7, 0},
  };

  for (const ByteRange& range : ranges) {
    EXPECT_TRUE(read(location, range) == content.substr(range.offset, range.length.value_or(content.size())))
        << range.offset << "+" << range.length.value_or(0);
  }
}

TEST_P(DriverContract, CutsARangeAtTheEnd) {
  const stores::Location location = store("blob", "0123456789");

  EXPECT_EQ(read(location, {.offset = 8, .length = 100}), "89");
  EXPECT_EQ(read(location, {.offset = 8, .length = UINT64_MAX}), "89");
  EXPECT_EQ(read(location, {.offset = 10, .length = {}}), "");
}

TEST_P(DriverContract, CannotReadFromBeyondTheEnd) {
  const stores::Location location = store("blob", "0123456789");

  for (const std::uint64_t offset : {std::uint64_t{11}, std::uint64_t{1} << 40, UINT64_MAX}) {
    EXPECT_EQ(error_of([&] { driver().open(call_, location, {.offset = offset, .length = {}}); }),
              ErrorCode::range_unsatisfiable)
        << offset;
  }
}

TEST_P(DriverContract, FillsTheSpaceOfAReadAsFarAsThereIsData) {
  const stores::Location location = store("blob", varied_content(300'000));
  const auto reader = driver().open(call_, location, {});
  std::vector<std::byte> space(200'000);

  EXPECT_EQ(reader->read(space), 200'000u);
  EXPECT_EQ(reader->read(space), 100'000u);
  EXPECT_EQ(reader->read(space), 0u);
  EXPECT_EQ(reader->read(space), 0u);
}

TEST_P(DriverContract, ServesManyReadersOfOneBlobAtOnce) {
  const std::string content = varied_content(1'000'000);
  const stores::Location location = store("blob", content);
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        const auto reader = driver().open(call_, location, {.offset = i * 1000, .length = {}});
        right += read_all(*reader, 10'000 + i) == content.substr(i * 1000);
      });
    }
  }

  EXPECT_EQ(right, 8);
}

TEST_P(DriverContract, ServesManyThreadsThatWriteReadAndRemove) {
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        const std::string content = varied_content(100'000 + i);
        for (int round = 0; round < 5; ++round) {
          const stores::Location location = store("blob-" + std::to_string(i), content);
          right += read(location) == content;
          remove(location);
        }
      });
    }
  }

  EXPECT_EQ(right, 40);
}

// What is not there, and what goes

TEST_P(DriverContract, FindsNothingWhereNothingIs) {
  const stores::Location location = nowhere();

  EXPECT_EQ(error_of([&] { driver().open(call_, location, {}); }), ErrorCode::not_found);
  EXPECT_EQ(error_of([&] { driver().size(call_, location); }), ErrorCode::not_found);
  EXPECT_EQ(error_of([&] { remove(location); }), ErrorCode::not_found);
}

TEST_P(DriverContract, RefusesALocationThatIsNotItsOwn) {
  for (const std::string uri : {"", "elsewhere://host/path/name", "no uri"}) {
    EXPECT_EQ(error_of([&] { driver().open(call_, {uri, {}}, {}); }), ErrorCode::invalid) << uri;
    EXPECT_EQ(error_of([&] { driver().size(call_, {uri, {}}); }), ErrorCode::invalid) << uri;
    EXPECT_EQ(error_of([&] { driver().remove(call_, {uri, {}}); }), ErrorCode::invalid) << uri;
  }
}

TEST_P(DriverContract, RemovesOneBlobAndNoOther) {
  const stores::Location kept = store("kept", "content");

  remove(store("removed", "content"));

  EXPECT_EQ(read(kept), "content");
}

TEST_P(DriverContract, DiscardsWhatWasCommittedButNotRecorded) {
  create("unrecorded")->commit();

  driver().discard(call_, {"unrecorded"});

  expect_nothing_left();
}

TEST_P(DriverContract, DiscardsNothingWithoutComplaint) {
  driver().discard(call_, {"never there"});
  driver().discard(call_, {"never there"});

  expect_nothing_left();
}

TEST_P(DriverContract, DiscardsNoOtherBlob) {
  const stores::Location longer = store("name-and-more", "content");
  const stores::Location shorter = store("nam", "content");
  const auto unfinished = create("name-unfinished");

  driver().discard(call_, {"name"});

  EXPECT_EQ(read(longer), "content");
  EXPECT_EQ(read(shorter), "content");
  EXPECT_EQ(read(commit(*unfinished)), "");
}

// Abilities

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
  EXPECT_THAT(list(), UnorderedElementsAre());

  const stores::Location first = store("first", "content");
  store("second", "");
  const auto unfinished = create("unfinished");
  unfinished->write(bytes_of("content"));
  EXPECT_THAT(list(), UnorderedElementsAre("first", "second"));

  remove(first);
  EXPECT_THAT(list(), UnorderedElementsAre("second"));
}

}  // namespace vitrine::tests
