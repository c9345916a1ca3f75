#include "stores/read_ahead.h"

#include <gmock/gmock.h>

#include <chrono>
#include <numeric>
#include <string>
#include <vector>

#include "base/error.h"

namespace vitrine::stores {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::size_t piece = 16;

/// Bytes that count up, read by reads that end when they are waited for.
class ReadAheadTest : public ::testing::Test {
 protected:
  class Read : public PendingTransfer {
   public:
    Read(ReadAheadTest& test, std::uint64_t offset, std::shared_ptr<std::byte[]> memory, std::size_t length)
        : test_(test), offset_(offset), memory_(std::move(memory)), length_(length) {}
    ~Read() override { test_.gone_.push_back(offset_); }

    bool has_ended() const override { return test_.are_quick_; }
    void wait(const StoreCall&) override {
      if (offset_ == test_.failing_) throw Error(ErrorCode::unavailable, "no answer");
      for (std::size_t i = 0; i < length_; ++i) memory_[i] = static_cast<std::byte>(offset_ + i);
      length_ = 0;
    }

   private:
    ReadAheadTest& test_;
    const std::uint64_t offset_;
    const std::shared_ptr<std::byte[]> memory_;
    std::size_t length_;
  };

  ReadAhead ahead(Stretch stretch, ReadAheadShape shape = {.piece = piece, .window = 2}) {
    return {call_, stretch, shape,
            [this](std::uint64_t offset, const std::shared_ptr<std::byte[]>& memory, std::size_t length) {
              started_.emplace_back(offset, length);
              return std::make_unique<Read>(*this, offset, memory, length);
            },
            [this] {
              ++checks_;
              if (is_gone_) throw Error(ErrorCode::not_found, "gone");
            }};
  }
  static std::vector<int> numbers(Bytes bytes) {
    std::vector<int> result;
    for (const std::byte byte : bytes) result.push_back(std::to_integer<int>(byte));
    return result;
  }
  static std::vector<int> counted(int first, std::size_t count) {
    std::vector<int> result(count);
    std::iota(result.begin(), result.end(), first);
    return result;
  }

  StoreCall call_;
  std::vector<std::pair<std::uint64_t, std::size_t>> started_;  ///< offsets and lengths
  std::vector<std::uint64_t> gone_;
  std::optional<std::uint64_t> failing_;
  bool are_quick_ = false;
  bool is_gone_ = false;
  int checks_ = 0;
};

TEST_F(ReadAheadTest, GivesTheStretchInItsOrder) {
  ReadAhead reads = ahead({.offset = 5, .length = 50});
  std::vector<std::byte> space(60);

  EXPECT_EQ(reads.read(MutableBytes(space).first(7)), 7u);
  EXPECT_EQ(numbers(Bytes(space).first(7)), counted(5, 7));
  EXPECT_EQ(numbers(reads.lend().bytes()), counted(12, 4)) << "the rest of a piece";
  EXPECT_EQ(numbers(reads.lend().bytes()), counted(16, 16));
  EXPECT_EQ(reads.read(space), 23u);
  EXPECT_EQ(numbers(Bytes(space).first(23)), counted(32, 23));
  EXPECT_EQ(reads.read(space), 0u);
  EXPECT_TRUE(reads.lend().empty());
}

TEST_F(ReadAheadTest, KeepsTheWindowFull) {
  ReadAhead reads = ahead({.offset = 5, .length = 70});

  EXPECT_THAT(started_, IsEmpty());
  reads.lend();

  EXPECT_THAT(started_, ElementsAre(std::pair(5, 11), std::pair(16, 16)));
  reads.lend();
  EXPECT_THAT(started_, SizeIs(3));
}

TEST_F(ReadAheadTest, ReadsWholeBlocksAndGivesWhatIsWanted) {
  ReadAhead reads = ahead({.offset = 5, .length = 24}, {.piece = piece, .window = 2, .block = 4});

  EXPECT_EQ(numbers(reads.lend().bytes()), counted(5, 11));
  EXPECT_EQ(numbers(reads.lend().bytes()), counted(16, 13));
  EXPECT_THAT(started_, ElementsAre(std::pair(4, 12), std::pair(16, 16)));
}

TEST_F(ReadAheadTest, WaitsWhenAllItsMemoryIsLent) {
  call_.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
  ReadAhead reads = ahead({.offset = 0, .length = 10 * piece});
  std::vector<Chunk> lent;

  try {
    while (lent.size() < 10) lent.push_back(reads.lend());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::timed_out);
  }
  EXPECT_THAT(lent, SizeIs(3)) << "the window, and one more";

  lent.erase(lent.begin());
  EXPECT_EQ(numbers(reads.lend().bytes()), counted(3 * piece, piece)) << "of the memory that is back";
  EXPECT_EQ(numbers(lent.front().bytes()), counted(piece, piece)) << "nobody writes what is lent";
}

TEST_F(ReadAheadTest, LeavesToOthersWhatItLent) {
  Chunk lent;
  {
    ReadAhead reads = ahead({.offset = 0, .length = 10 * piece});
    lent = reads.lend();
  }

  EXPECT_EQ(numbers(lent.bytes()), counted(0, piece));
  EXPECT_THAT(gone_, ElementsAre(0, piece)) << "reads under way end with it";
}

TEST_F(ReadAheadTest, ChecksBeforeItGives) {
  are_quick_ = true;
  ReadAhead reads = ahead({.offset = 0, .length = 4 * piece});

  reads.lend();
  reads.lend();
  EXPECT_EQ(checks_, 1) << "once for two pieces that had come";
  is_gone_ = true;

  try {
    reads.lend();
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
  }
}

TEST_F(ReadAheadTest, FailsWhereAReadDoes) {
  are_quick_ = true;
  failing_ = piece;
  ReadAhead reads = ahead({.offset = 0, .length = 4 * piece});

  EXPECT_EQ(numbers(reads.lend().bytes()), counted(0, piece));
  EXPECT_THROW(reads.lend(), Error);
  EXPECT_THROW(reads.lend(), Error) << "and goes on from nowhere else";
}

}  // namespace
}  // namespace vitrine::stores
