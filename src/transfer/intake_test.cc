#include "transfer/intake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "tests/support/test_stores.h"

namespace vitrine::transfer {
namespace {

using ::testing::IsEmpty;
using tests::chunk_of;
using tests::code_of;
using tests::message_of;
using tests::Operation;
using tests::pattern;
using tests::TestStore;

/// What a check saw, kept beyond its end; and what it shall refuse.
struct Seen {
  std::string text;
  int finished = 0;
  bool refuses_bytes = false;
  bool refuses_end = false;
  std::function<void()> at_finish = [] {};
};

class TestCheck : public ChunkCheck {
 public:
  explicit TestCheck(Seen& seen) : seen_(seen) {}
  void see(Bytes bytes) override {
    if (seen_.refuses_bytes) throw Error(ErrorCode::unsupported_media_type, "Not that format");
    seen_.text += text_of(bytes);
  }
  void finish() override {
    ++seen_.finished;
    seen_.at_finish();
    if (seen_.refuses_end) throw Error(ErrorCode::unsupported_media_type, "Not that format");
  }

 private:
  Seen& seen_;
};

class IntakeTest : public ::testing::Test {
 protected:
  std::unique_ptr<Intake> open(const IntakeSettings& settings = {}, std::vector<Seen*> seen = {}) {
    std::vector<std::unique_ptr<ChunkCheck>> checks;
    for (Seen* one : seen) checks.push_back(std::make_unique<TestCheck>(*one));
    return std::make_unique<Intake>(std::vector{a_.store, b_.store}, stores::BlobName{"blob"}, call_,
                                    digests_, std::move(checks), settings);
  }

  void write(Intake& intake, std::string_view text) { intake.write(chunk_of(buffers_, text)); }

  void write_in_pieces(Intake& intake, std::string_view text, std::size_t piece) {
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size())))
      write(intake, text.substr(0, piece));
  }

  void expect_nothing_left() {
    for (TestStore* store : {&a_, &b_}) {
      EXPECT_THAT(store->memory->names(), IsEmpty()) << store->store->id();
      EXPECT_THAT(store->memory->unfinished(), IsEmpty()) << store->store->id();
    }
    EXPECT_EQ(buffers_.in_use(), 0u);
  }

  threads::BufferPool buffers_{4096, 16};
  threads::WorkerPool digests_{"digests", 2};
  TestStore a_{"a"};
  TestStore b_{"b"};
  stores::StoreCall call_;
};

TEST_F(IntakeTest, PutsTheSameBytesIntoEveryStoreAndSaysWhatCameIn) {
  const auto intake = open();
  write(*intake, "a");
  write(*intake, "bc");

  const Received received = intake->commit();

  EXPECT_EQ(a_.memory->content("blob"), "abc");
  EXPECT_EQ(b_.memory->content("blob"), "abc");
  EXPECT_EQ(received.size, 3u);
  EXPECT_EQ(received.md5, "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(received.hash_algo, "sha512");
  EXPECT_EQ(received.hash_value,
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
            "454d44236"
            "43ce80e2a9ac94fa54ca49f");
  ASSERT_EQ(received.blobs.size(), 2u);
  EXPECT_EQ(received.blobs[0].store_id, "a");
  EXPECT_EQ(received.blobs[1].store_id, "b");
  EXPECT_EQ(received.blobs[1].location.uri, "memory://blob");
  EXPECT_EQ(buffers_.in_use(), 0u);
}

TEST_F(IntakeTest, KeepsWhatWasCommittedAfterItsEnd) {
  {
    const auto intake = open();
    write(*intake, "abc");
    intake->commit();
  }

  EXPECT_EQ(a_.memory->content("blob"), "abc");
  EXPECT_EQ(b_.memory->content("blob"), "abc");
}

TEST_F(IntakeTest, TakesABlobWithoutAnyByte) {
  const Received received = open({.announced_size = 0})->commit();

  EXPECT_EQ(a_.memory->content("blob"), "");
  EXPECT_EQ(received.size, 0u);
  EXPECT_EQ(received.md5, "d41d8cd98f00b204e9800998ecf8427e");
}

TEST_F(IntakeTest, TakesNoNoticeOfEmptyChunks) {
  Seen seen;
  const auto intake = open({}, {&seen});

  intake->write({});
  write(*intake, "abc");

  EXPECT_EQ(intake->commit().size, 3u);
  EXPECT_EQ(a_.faults.calls(Operation::write), 1u);
}

TEST_F(IntakeTest, ComputesMd5OnceWhenItIsTheMultihashToo) {
  const auto intake = open({.hash_algorithm = "md5"});
  write(*intake, "abc");

  const Received received = intake->commit();

  EXPECT_EQ(received.hash_algo, "md5");
  EXPECT_EQ(received.hash_value, received.md5);
}

TEST_F(IntakeTest, AnUnknownDigestIsRefusedBeforeAnyStoreIsAsked) {
  EXPECT_EQ(code_of([&] { open({.hash_algorithm = "sha-none"}); }), ErrorCode::configuration);

  EXPECT_EQ(a_.faults.calls(Operation::create), 0u);
}

class ChunkSizes : public IntakeTest, public ::testing::WithParamInterface<std::size_t> {};

TEST_P(ChunkSizes, DoNotShowInStoresAndDigests) {
  const std::string content = pattern(5000);
  Digest sha512("sha512");
  sha512.update(bytes_of(content));
  Seen seen;

  const auto intake = open({.announced_size = content.size()}, {&seen});
  write_in_pieces(*intake, content, GetParam());
  const Received received = intake->commit();

  EXPECT_EQ(received.hash_value, sha512.finish());
  EXPECT_TRUE(a_.memory->content("blob") == content);
  EXPECT_TRUE(b_.memory->content("blob") == content);
  EXPECT_TRUE(seen.text == content);
}

INSTANTIATE_TEST_SUITE_P(AroundBlocks, ChunkSizes,
                         ::testing::Values(1, 7, 63, 64, 65, 127, 128, 129, 1000, 4096));

TEST_F(IntakeTest, TellsHowMuchItTook) {
  const auto intake = open();
  write(*intake, "abc");

  EXPECT_EQ(intake->taken(), 3u);
}

TEST_F(IntakeTest, MoreThanTheCapIsRefused) {
  auto intake = open({.size_cap = 5});
  write(*intake, "12345");

  EXPECT_EQ(code_of([&] { write(*intake, "6"); }), ErrorCode::limit_exceeded);
  EXPECT_EQ(code_of([&] { intake->commit(); }), ErrorCode::limit_exceeded);
  intake = nullptr;

  expect_nothing_left();
}

TEST_F(IntakeTest, ExactlyTheCapIsTaken) {
  const auto intake = open({.size_cap = 5});
  write(*intake, "12345");

  EXPECT_EQ(intake->commit().size, 5u);
}

TEST_F(IntakeTest, AnAnnouncedSizeBeyondTheCapIsRefusedBeforeAnyStoreIsAsked) {
  EXPECT_EQ(code_of([&] { open({.size_cap = 5, .announced_size = 6}); }), ErrorCode::limit_exceeded);

  EXPECT_EQ(a_.faults.calls(Operation::create), 0u);
}

TEST_F(IntakeTest, MoreThanAnnouncedIsRefusedAtOnce) {
  auto intake = open({.announced_size = 5});
  write(*intake, "1234");

  EXPECT_EQ(message_of([&] { write(*intake, "56"); }), "Size exceeds: expected 5 bytes, got 6 bytes");
  intake = nullptr;

  expect_nothing_left();
}

TEST_F(IntakeTest, LessThanAnnouncedIsRefusedAtTheEnd) {
  const auto intake = open({.announced_size = 5});
  write(*intake, "1234");

  EXPECT_EQ(message_of([&] { intake->commit(); }), "Size mismatch: expected 5 bytes, got 4 bytes");

  expect_nothing_left();
}

TEST_F(IntakeTest, DestroyedBeforeCommitLeavesNothing) {
  {
    const auto intake = open();
    write_in_pieces(*intake, pattern(50'000), 4096);
  }

  expect_nothing_left();
}

TEST_F(IntakeTest, EveryCheckSeesEverythingAndEndsBeforeTheFirstCommit) {
  std::size_t commits_before = 0;
  Seen first;
  Seen second;
  second.at_finish = [&] {
    commits_before = a_.faults.calls(Operation::commit) + b_.faults.calls(Operation::commit);
  };

  const auto intake = open({}, {&first, &second});
  write(*intake, "abc");
  write(*intake, "def");
  intake->commit();

  EXPECT_EQ(first.text, "abcdef");
  EXPECT_EQ(second.text, "abcdef");
  EXPECT_EQ(first.finished, 1);
  EXPECT_EQ(second.finished, 1);
  EXPECT_EQ(commits_before, 0u);
}

TEST_F(IntakeTest, ACheckMayRefuseWhatItSees) {
  Seen seen;
  seen.refuses_bytes = true;

  const auto intake = open({}, {&seen});
  EXPECT_EQ(code_of([&] {
              write(*intake, "abc");
              intake->commit();
            }),
            ErrorCode::unsupported_media_type);
  EXPECT_EQ(code_of([&] { intake->commit(); }), ErrorCode::unsupported_media_type);

  expect_nothing_left();
}

TEST_F(IntakeTest, ACheckMayRefuseAtTheEnd) {
  Seen seen;
  seen.refuses_end = true;

  const auto intake = open({}, {&seen});
  write(*intake, "abc");
  EXPECT_EQ(code_of([&] { intake->commit(); }), ErrorCode::unsupported_media_type);

  EXPECT_EQ(a_.faults.calls(Operation::commit), 0u);
  expect_nothing_left();
}

TEST_F(IntakeTest, WritingAfterAFailureTellsTheFirstFailureAgain) {
  Seen seen;
  seen.refuses_end = true;
  const auto intake = open({}, {&seen});
  EXPECT_EQ(code_of([&] { intake->commit(); }), ErrorCode::unsupported_media_type);

  EXPECT_EQ(code_of([&] { write(*intake, "abc"); }), ErrorCode::unsupported_media_type);

  EXPECT_EQ(buffers_.in_use(), 0u);
}

}  // namespace
}  // namespace vitrine::transfer
