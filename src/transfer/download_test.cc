#include "transfer/download.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <optional>

#include "tests/support/test_stores.h"

namespace vitrine::transfer {
namespace {

using tests::code_of;
using tests::message_of;
using tests::Operation;
using tests::pattern;
using tests::TestStore;

constexpr std::size_t buffer_size = 1000;
constexpr std::size_t blob_size = 10 * buffer_size + 7;

/// Adds file handles to a memory driver: the content is copied into a file in memory, between other bytes.
class WithFiles : public stores::Driver, private stores::FileHandles {
 public:
  static constexpr std::uint64_t before = 100;

  explicit WithFiles(std::unique_ptr<stores::Driver> inner) : inner_(std::move(inner)) {}

  stores::Abilities abilities() const override {
    stores::Abilities abilities = inner_->abilities();
    abilities.files = const_cast<WithFiles*>(this);
    return abilities;
  }
  std::unique_ptr<stores::BlobWriter> create(const stores::StoreCall& call, const stores::BlobName& name,
                                             std::optional<std::uint64_t> size) override {
    return inner_->create(call, name, size);
  }
  std::unique_ptr<stores::BlobReader> open(const stores::StoreCall& call, const stores::Location& location,
                                           ByteRange range) override {
    return inner_->open(call, location, range);
  }
  std::uint64_t size(const stores::StoreCall& call, const stores::Location& location) override {
    return inner_->size(call, location);
  }
  void remove(const stores::StoreCall& call, const stores::Location& location) override {
    inner_->remove(call, location);
  }
  void discard(const stores::StoreCall& call, const stores::BlobName& name) override {
    inner_->discard(call, name);
  }

 private:
  FileRange open_file(const stores::StoreCall& call, const stores::Location& location,
                      ByteRange range) override {
    std::string content(inner_->size(call, location), '\0');
    const auto reader = inner_->open(call, location, {});
    reader->read(std::as_writable_bytes(std::span(content)));
    UniqueFd file(::memfd_create("blob", MFD_CLOEXEC));
    EXPECT_EQ(::pwrite(file.get(), content.data(), content.size(), before),
              static_cast<ssize_t>(content.size()));
    return {std::move(file), before + range.offset, range.length.value_or(content.size() - range.offset)};
  }

  std::unique_ptr<stores::Driver> inner_;
};

std::unique_ptr<stores::Driver> with_files(std::unique_ptr<stores::Driver> inner) {
  return std::make_unique<WithFiles>(std::move(inner));
}

stores::Location location_in(const std::string& store_id) {
  return {"memory://blob", {{"store", store_id}}};
}

std::string content_of(const FileRange& range) {
  std::string content(range.length, '\0');
  EXPECT_EQ(::pread(range.file.get(), content.data(), content.size(), static_cast<off_t>(range.offset)),
            static_cast<ssize_t>(content.size()));
  return content;
}

class DownloadTest : public ::testing::Test {
 protected:
  DownloadTest() {
    for (TestStore* store : {&a_, &b_, &file_}) store->memory->put("blob", content_);
  }

  Download open(const std::vector<std::string>& store_ids, ByteRange range = {},
                std::uint64_t size = blob_size) {
    std::vector<stores::Location> locations;
    for (const std::string& id : store_ids) locations.push_back(location_in(id));
    return open_download(stores_, locations, size, range, call_, buffers_);
  }

  static std::string read_all(const Download& download) {
    const auto& source = std::get<std::unique_ptr<ByteSource>>(download.body);
    std::string content;
    for (Chunk chunk = source->read(); !chunk.empty(); chunk = source->read())
      content += text_of(chunk.bytes());
    return content;
  }

  static stores::StoreSet set_of(std::initializer_list<TestStore*> stores) {
    std::vector<std::unique_ptr<stores::Store>> owned;
    for (TestStore* store : stores) owned.push_back(std::move(store->owned));
    return {std::move(owned), "a"};
  }

  const std::string content_ = pattern(blob_size);
  threads::BufferPool buffers_{buffer_size, 4};
  std::stop_source stop_;
  stores::StoreCall call_{.stop = stop_.get_token()};
  TestStore a_{"a"};
  TestStore b_{"b"};
  TestStore file_{"file", with_files};
  stores::StoreSet stores_ = set_of({&a_, &b_, &file_});
};

TEST_F(DownloadTest, GivesTheWholeBlobFromTheFirstLocation) {
  const Download download = open({"a", "b"});

  EXPECT_EQ(download.length, blob_size);
  EXPECT_EQ(download.store, a_.store);
  EXPECT_TRUE(read_all(download) == content_);
  EXPECT_EQ(b_.faults.calls(Operation::open), 0u);
}

TEST_F(DownloadTest, KeepsSayingThatItEnded) {
  const Download download = open({"a"});
  read_all(download);

  EXPECT_TRUE(std::get<std::unique_ptr<ByteSource>>(download.body)->read().empty());
}

TEST_F(DownloadTest, FillsLittleOfABufferAtFirst) {
  const std::string content = pattern(std::size_t{8} << 20);
  a_.memory->put("large", content);
  threads::BufferPool buffers(std::size_t{512} << 10, 4);
  const Download download =
      open_download(stores_, {{"memory://large", {{"store", "a"}}}}, content.size(), {}, call_, buffers);
  const auto& source = std::get<std::unique_ptr<ByteSource>>(download.body);

  EXPECT_EQ(source->read().size(), std::size_t{64} << 10) << "nobody waits long for what is there";
  std::size_t largest = 0;
  for (Chunk chunk = source->read(); !chunk.empty(); chunk = source->read())
    largest = std::max(largest, chunk.size());
  EXPECT_GT(largest, std::size_t{64} << 10) << "the store is quick";
}

TEST_F(DownloadTest, ReturnsEveryBuffer) {
  {
    const Download download = open({"a"});
    read_all(download);
  }

  EXPECT_EQ(buffers_.in_use(), 0u);
}

TEST_F(DownloadTest, ReturnsItsBufferWhenItIsGivenUp) {
  open({"a"});

  EXPECT_EQ(buffers_.in_use(), 0u);
}

struct Stretch {
  ByteRange range;
  std::uint64_t length;
};

class DownloadRanges : public DownloadTest, public ::testing::WithParamInterface<Stretch> {};

TEST_P(DownloadRanges, AreReadFromASource) {
  const auto [range, length] = GetParam();

  const Download download = open({"a"}, range);

  EXPECT_EQ(download.length, length);
  EXPECT_TRUE(read_all(download) == content_.substr(range.offset, length));
}

TEST_P(DownloadRanges, AreFoundInAFile) {
  const auto [range, length] = GetParam();

  const Download download = open({"file"}, range);

  EXPECT_EQ(download.length, length);
  EXPECT_TRUE(content_of(std::get<FileRange>(download.body)) == content_.substr(range.offset, length));
}

INSTANTIATE_TEST_SUITE_P(Variety, DownloadRanges,
                         ::testing::Values(Stretch{{0, {}}, blob_size}, Stretch{{0, 1}, 1},
                                           Stretch{{buffer_size - 1, 2}, 2},
                                           Stretch{{3, 2 * buffer_size}, 2000},
                                           Stretch{{blob_size - 1, {}}, 1}, Stretch{{blob_size - 5, 100}, 5},
                                           Stretch{{blob_size, {}}, 0}, Stretch{{5, 0}, 0}));

TEST_F(DownloadTest, ARangeBeyondTheEndIsUnsatisfiable) {
  EXPECT_EQ(code_of([&] { open({"a"}, {blob_size + 1, {}}); }), ErrorCode::range_unsatisfiable);
}

TEST_F(DownloadTest, AnEmptyBlobIsLookedForAllTheSame) {
  a_.memory->put("blob", "");

  EXPECT_EQ(open({"a"}, {}, 0).length, 0u);

  a_.faults.fail(Operation::size, 1, Error(ErrorCode::not_found, "gone"));
  EXPECT_EQ(code_of([&] { open({"a"}, {}, 0); }), ErrorCode::not_found);
}

TEST_F(DownloadTest, StartsFromTheNextLocationWhenTheFirstIsDown) {
  a_.faults.fail(Operation::open, 1);

  const Download download = open({"a", "b"});

  EXPECT_EQ(download.store, b_.store);
  EXPECT_TRUE(read_all(download) == content_);
}

TEST_F(DownloadTest, StartsFromTheNextLocationWhenTheFirstGivesNoByte) {
  a_.faults.fail(Operation::read, 1);

  const Download download = open({"a", "b"});

  EXPECT_EQ(download.store, b_.store);
  EXPECT_TRUE(read_all(download) == content_);
}

TEST_F(DownloadTest, StartsFromTheNextLocationWhenNoStoreKnowsTheFirst) {
  const Download download =
      open_download(stores_, {{"other://blob", {}}, location_in("b")}, blob_size, {}, call_, buffers_);

  EXPECT_EQ(download.store, b_.store);
}

TEST_F(DownloadTest, StartsFromAFileWhenTheLocationBeforeItIsDown) {
  a_.faults.fail(Operation::open, 1);

  const Download download = open({"a", "file"});

  EXPECT_EQ(download.store, file_.store);
  EXPECT_TRUE(content_of(std::get<FileRange>(download.body)) == content_);
}

TEST_F(DownloadTest, StartsFromASourceWhenTheFileBeforeItIsGone) {
  file_.faults.fail(Operation::open_file, 1, Error(ErrorCode::not_found, "gone"));

  const Download download = open({"file", "a"});

  EXPECT_EQ(download.store, a_.store);
  EXPECT_TRUE(read_all(download) == content_);
}

TEST_F(DownloadTest, PassesOverAsManyLocationsAsFail) {
  a_.faults.fail(Operation::read, 3);
  b_.faults.fail(Operation::open, 1);

  EXPECT_TRUE(read_all(open({"a", "b", "file"})) == content_);
}

class DownloadFaults : public DownloadTest, public ::testing::WithParamInterface<std::size_t> {};

TEST_P(DownloadFaults, GoOnAtTheSameByteWhenALocationFails) {
  a_.faults.fail(Operation::read, GetParam());

  EXPECT_TRUE(read_all(open({"a", "b"}, {11, {}})) == content_.substr(11));
}

TEST_P(DownloadFaults, GoOnAtTheSameByteWhenALocationEndsEarly) {
  a_.faults.cut_short(Operation::read, GetParam());

  EXPECT_TRUE(read_all(open({"a", "b"}, {11, {}})) == content_.substr(11));
}

TEST_P(DownloadFaults, NeverEndShort) {
  a_.faults.fail(Operation::read, GetParam(), Error(ErrorCode::unavailable, "a is down"));
  b_.faults.fail(Operation::read, 1, Error(ErrorCode::timed_out, "b is slow"));

  EXPECT_EQ(message_of([&] { read_all(open({"a", "b"})); }), "b is slow");
  EXPECT_EQ(buffers_.in_use(), 0u);
}

INSTANTIATE_TEST_SUITE_P(AnyRead, DownloadFaults, ::testing::Values(1, 2, 5, 10, 11));

TEST_F(DownloadTest, StartsFromTheNextLocationWhenTheFirstIsFoundDamagedAtOnce) {
  a_.faults.fail(Operation::read, 1, Error(ErrorCode::damaged, "a has other data"));

  EXPECT_TRUE(read_all(open({"a", "b"})) == content_);
}

TEST_F(DownloadTest, IsCutWhenDamageIsFoundBehindBytesThatWereGivenOut) {
  a_.faults.fail(Operation::read, 11, Error(ErrorCode::damaged, "a has other data"));

  EXPECT_EQ(code_of([&] { read_all(open({"a", "b"})); }), ErrorCode::damaged);
  EXPECT_EQ(buffers_.in_use(), 0u);
}

TEST_F(DownloadTest, ABlobShorterThanTheCatalogSaysIsAFault) {
  a_.memory->put("blob", content_.substr(0, 3000));

  EXPECT_TRUE(read_all(open({"a", "b"})) == content_);
  EXPECT_EQ(code_of([&] { read_all(open({"a"})); }), ErrorCode::internal);
}

TEST_F(DownloadTest, ARangeBeyondTheEndOfATooShortBlobIsNotTheClientsFault) {
  a_.memory->put("blob", content_.substr(0, 3000));

  EXPECT_TRUE(read_all(open({"a", "b"}, {5000, {}})) == content_.substr(5000));
  EXPECT_EQ(code_of([&] { open({"a"}, {5000, {}}); }), ErrorCode::internal);
}

TEST_F(DownloadTest, AFileShorterThanTheCatalogSaysIsPassedOver) {
  file_.memory->put("blob", content_.substr(0, 3000));

  EXPECT_EQ(open({"file", "b"}).store, b_.store);
  EXPECT_EQ(code_of([&] { open({"file"}); }), ErrorCode::internal);
}

TEST_F(DownloadTest, GoesOnFromTheNextLocationWhenAFileFailsInTheMiddle) {
  const Download download = open({"file", "a"}, {11, {}});

  download.fallback->resume(3000, std::make_exception_ptr(Error(ErrorCode::internal, "the disk is gone")));

  std::string rest;
  for (Chunk chunk = download.fallback->read(); !chunk.empty(); chunk = download.fallback->read())
    rest += text_of(chunk.bytes());
  EXPECT_TRUE(rest == content_.substr(3011));
}

TEST_F(DownloadTest, SaysWhatWasWrongWithAFileWhenThereIsNoOtherLocation) {
  const Download download = open({"file"});
  const auto failure = std::make_exception_ptr(Error(ErrorCode::internal, "the disk is gone"));

  EXPECT_EQ(message_of([&] { download.fallback->resume(3000, failure); }), "the disk is gone");
}

TEST_F(DownloadTest, ABlobLongerThanTheCatalogSaysIsCut) {
  EXPECT_TRUE(read_all(open({"a"}, {}, 5000)) == content_.substr(0, 5000));
  EXPECT_TRUE(content_of(std::get<FileRange>(open({"file"}, {}, 5000).body)) == content_.substr(0, 5000));
}

TEST_F(DownloadTest, ABlobThatIsNowhereIsNotFound) {
  a_.faults.fail(Operation::open, 1, Error(ErrorCode::not_found, "gone"));
  file_.faults.fail(Operation::open_file, 1, Error(ErrorCode::not_found, "gone"));

  EXPECT_EQ(code_of([&] { open({"a", "file"}); }), ErrorCode::not_found);
  EXPECT_EQ(code_of([&] { open({}); }), ErrorCode::not_found);
}

TEST_F(DownloadTest, AStoreThatIsDownMattersMoreThanOneThatHasNotGotIt) {
  a_.faults.fail(Operation::open, 1);
  b_.faults.fail(Operation::open, 1, Error(ErrorCode::not_found, "gone"));

  EXPECT_EQ(code_of([&] { open({"a", "b"}); }), ErrorCode::unavailable);
}

TEST_F(DownloadTest, AStopEndsAStalledReadWithoutAskingTheNextLocation) {
  a_.faults.stall(Operation::read, 1);

  std::thread stopper([&] {
    EXPECT_TRUE(a_.faults.wait_for_stall());
    stop_.request_stop();
  });
  EXPECT_EQ(code_of([&] { open({"a", "b"}); }), ErrorCode::cancelled);
  stopper.join();

  EXPECT_EQ(b_.faults.calls(Operation::open), 0u);
  EXPECT_EQ(buffers_.in_use(), 0u);
}

TEST_F(DownloadTest, TheDeadlineEndsAStalledRead) {
  a_.faults.stall(Operation::read, 1);
  call_.deadline = deadline_in(std::chrono::milliseconds(10));

  EXPECT_EQ(code_of([&] { open({"a", "b"}); }), ErrorCode::timed_out);

  EXPECT_EQ(b_.faults.calls(Operation::open), 0u);
}

TEST_F(DownloadTest, WaitsForABufferNoLongerThanTheDeadline) {
  std::vector<threads::Buffer> held;
  while (auto buffer = buffers_.try_take()) held.push_back(*std::move(buffer));
  call_.deadline = deadline_in(std::chrono::milliseconds(10));

  EXPECT_EQ(code_of([&] { open({"a", "b"}); }), ErrorCode::timed_out);
}

}  // namespace
}  // namespace vitrine::transfer
