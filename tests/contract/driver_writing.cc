#include "tests/contract/driver_contract.h"

#include <atomic>
#include <barrier>
#include <thread>

/// What a driver does for those who write, and what one does that cannot.
namespace vitrine::tests {
namespace {

void write_in_steps(stores::BlobWriter& writer, std::string_view content, std::size_t step) {
  for (std::size_t at = 0; at < content.size(); at += step) writer.write(bytes_of(content.substr(at, step)));
}

}  // namespace

TEST_P(DriverContractWriting, GivesBackWhatWasWritten) {
  const stores::Location location = write("blob", "content");

  EXPECT_EQ(read(location), "content");
  EXPECT_EQ(driver().size(call_, location), 7u);
}

TEST_P(DriverContractWriting, KeepsAnEmptyBlob) {
  const auto writer = create("empty", 0);
  const stores::Location location = commit(*writer);

  EXPECT_EQ(read(location), "");
  EXPECT_EQ(driver().size(call_, location), 0u);
}

TEST_P(DriverContractWriting, TakesNothingWrittenAsNothing) {
  const auto writer = create("blob");
  for (const std::string_view part : {"", "a", "", "b", ""}) writer->write(bytes_of(part));

  EXPECT_EQ(read(commit(*writer)), "ab");
}

TEST_P(DriverContractWriting, KeepsALargeBlobWrittenInUnevenPieces) {
  const std::string content = varied_content(3'000'017);

  for (const std::optional<std::uint64_t> size : {std::optional<std::uint64_t>(content.size()), {}}) {
    const auto writer = create("large", size);
    write_in_steps(*writer, content, 77'777);
    const stores::Location location = commit(*writer);

    EXPECT_TRUE(read(location) == content) << (size ? "size known" : "size not known");
    remove(location);
  }
}

TEST_P(DriverContractWriting, KeepsLongStretchesOfZeros) {
  const std::string zeros(300'000, '\0');
  const std::string content = zeros + "middle" + zeros + zeros;
  const auto writer = create("zeros");
  write_in_steps(*writer, content, 100'000);
  const stores::Location location = commit(*writer);

  EXPECT_TRUE(read(location) == content);
  EXPECT_EQ(driver().size(call_, location), content.size());
}

// A driver may refuse a blob whose size is not the one announced, or keep it; transfer::Intake checks sizes.
TEST_P(DriverContractWriting, NeverKeepsOtherBytesThanThoseWrittenWhenTheAnnouncedSizeIsWrong) {
  for (const std::uint64_t size : {1, 6, 8, 1000}) {
    try {
      const stores::Location location = write("blob", "content", size);
      EXPECT_EQ(read(location), "content");
      remove(location);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid) << error.what();
    }
    expect_nothing_left();
  }
}

TEST_P(DriverContractWriting, IsNotThereBeforeItsCommit) {
  const stores::Location location = nowhere();
  const auto writer = create("nowhere");
  writer->write(bytes_of("content"));

  EXPECT_EQ(error_of([&] { driver().size(call_, location); }), ErrorCode::not_found);
  EXPECT_EQ(error_of([&] { driver().open(call_, location, {}); }), ErrorCode::not_found);
  // A store with several directories may choose another one than before.
  EXPECT_EQ(read(commit(*writer)), "content");
}

TEST_P(DriverContractWriting, LeavesNothingWhenAWriterIsAbandonedAtAnyPoint) {
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

TEST_P(DriverContractWriting, MayUseANameAgainAfterItWasAbandonedOrRemoved) {
  create("again")->write(bytes_of("lost"));
  remove(write("again", "first"));

  EXPECT_EQ(read(write("again", "second")), "second");
}

// Names and those who contend for them

TEST_P(DriverContractWriting, RefusesWhatIsNoName) {
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string("../escaped"), std::string("a/b"),
        std::string("a\0b", 3), std::string(1000, 'x')}) {
    EXPECT_EQ(error_of([&] { create(name); }), ErrorCode::invalid) << name;
  }
}

TEST_P(DriverContractWriting, DoesNotStartABlobWhoseNameIsTaken) {
  const stores::Location location = write("taken", "first");

  EXPECT_EQ(error_of([&] { create("taken"); }), ErrorCode::duplicate);
  EXPECT_EQ(read(location), "first");
}

TEST_P(DriverContractWriting, LetsTheFirstOfTwoWritersCommit) {
  const auto first = create("contested");
  const auto second = create("contested");
  first->write(bytes_of("first"));
  second->write(bytes_of("second"));

  const stores::Location location = commit(*second);

  EXPECT_EQ(error_of([&] { commit(*first); }), ErrorCode::duplicate);
  EXPECT_EQ(read(location), "second");
}

TEST_P(DriverContractWriting, KeepsTheWinnersBlobWhenTheLoserIsDestroyed) {
  auto loser = create("contested");
  const stores::Location location = write("contested", "winner");

  loser.reset();

  EXPECT_EQ(read(location), "winner");
}

TEST_P(DriverContractWriting, LetsExactlyOneOfManyThreadsCommit) {
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

TEST_P(DriverContractWriting, ServesManyThreadsThatWriteReadAndRemove) {
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        const std::string content = varied_content(100'000 + i);
        for (int round = 0; round < 5; ++round) {
          const stores::Location location = write("blob-" + std::to_string(i), content);
          right += read(location) == content;
          remove(location);
        }
      });
    }
  }

  EXPECT_EQ(right, 40);
}

// Those that cannot

TEST_P(DriverContractReadOnly, TakesNoNewData) {
  EXPECT_EQ(error_of([&] { driver().create(call_, {"blob"}, {}); }), ErrorCode::gone);
  EXPECT_EQ(error_of([&] { driver().create(call_, {"blob"}, 7); }), ErrorCode::gone);
}

}  // namespace vitrine::tests
