#include "stores/read_ahead.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace vitrine::stores {
namespace {

constexpr std::size_t largest_loan = std::size_t{1} << 20;

/// One more than can be under way is lent.
std::size_t buffer_count(const ReadAheadShape& shape) {
  return shape.window + 1;
}

}  // namespace

ReadAhead::ReadAhead(const StoreCall& call, Stretch stretch, ReadAheadShape shape, Start start,
                     std::function<void()> check)
    : call_(call),
      shape_(shape),
      start_(std::move(start)),
      check_(std::move(check)),
      buffers_(shape.piece, buffer_count(shape), shape.piece * buffer_count(shape)),
      next_(stretch.offset),
      end_(stretch.offset + stretch.length) {}

std::size_t ReadAhead::read(MutableBytes space) {
  std::size_t filled = 0;
  while (filled < space.size() && prepare_first()) {
    const Chunk part = take(space.size() - filled);
    std::memcpy(space.data() + filled, part.bytes().data(), part.size());
    filled += part.size();
  }
  return filled;
}

Chunk ReadAhead::lend() {
  return prepare_first() ? take(largest_loan) : Chunk();
}

Chunk ReadAhead::take(std::size_t most) {
  const Chunk& bytes = pieces_.front().bytes;
  const std::size_t count = std::min(most, bytes.size() - taken_);
  Chunk part = bytes.part(taken_, count);
  taken_ += count;
  if (taken_ == bytes.size()) {
    pieces_.pop_front();
    taken_ = 0;
  }
  return part;
}

/// Returns whether there is one. A check does for all pieces that have come.
bool ReadAhead::prepare_first() {
  fill_window();
  if (pieces_.empty()) return false;
  pieces_.front().pending->wait(call_);
  if (!pieces_.front().bytes.empty()) return true;
  const auto end = std::find_if(pieces_.begin() + 1, pieces_.end(),
                                [](const Piece& piece) { return !piece.pending->has_ended(); });
  if (check_) check_();
  for (auto piece = pieces_.begin(); piece != end; ++piece) {
    if (piece->buffer)
      piece->bytes = piece->buffer.freeze(piece->end).part(piece->begin, piece->end - piece->begin);
  }
  return true;
}

void ReadAhead::fill_window() {
  while (next_ < end_ && pieces_.size() < shape_.window) {
    if (pieces_.empty()) {
      start_piece(buffers_.take(call_.deadline, call_.stop));  // waits while all are lent
    } else if (std::optional<threads::Buffer> buffer = buffers_.try_take()) {
      start_piece(*std::move(buffer));
    } else {
      return;
    }
  }
}

void ReadAhead::start_piece(threads::Buffer buffer) {
  const std::uint64_t start = next_ - next_ % shape_.block;
  const std::uint64_t end = std::min(end_, start - start % shape_.piece + shape_.piece);
  const auto length = static_cast<std::size_t>(end - start);
  const std::size_t whole = (length + shape_.block - 1) / shape_.block * shape_.block;
  auto pending = start_(start, buffer.memory(), whole);
  pieces_.push_back({.begin = static_cast<std::size_t>(next_ - start),
                     .end = length,
                     .buffer = std::move(buffer),
                     .bytes = {},
                     .pending = std::move(pending)});
  next_ = end;
}

}  // namespace vitrine::stores
