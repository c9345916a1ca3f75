#include "stores/drivers/swift/swift_writer.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "stores/driver_rules.h"

namespace vitrine::stores {
namespace {

constexpr std::size_t least_capacity = std::size_t{64} * 1024;

}  // namespace

SwiftWriter::SwiftWriter(SwiftBlobs& blobs, const SwiftSegmentSizes& sizes, const StoreCall& call,
                         SwiftPlace place, SwiftLocation location, std::optional<std::uint64_t> size)
    : blobs_(blobs),
      sizes_(sizes),
      call_(call),
      place_(std::move(place)),
      location_(std::move(location)),
      size_(size) {}

SwiftWriter::~SwiftWriter() {
  object_.reset();
  segments_.reset();
  if (doubtful_) blobs_.clean_up({{place_, {}}, 0, doubtful_});
}

/// A static manifest has room for so many segments only.
std::uint64_t SwiftWriter::segment_size() const {
  if (!size_ || !sizes_.is_static) return sizes_.segment;
  return std::max(sizes_.segment, (*size_ + SwiftSegments::most_static - 1) / SwiftSegments::most_static);
}

/// Whether segments are small enough to be gathered, so that several can be sent at a time.
bool SwiftWriter::is_gathering_segments() const {
  return segment_size() <= sizes_.memory / 2;
}

/// Bytes that are gathered before anything is sent.
std::uint64_t SwiftWriter::gathering_limit() const {
  const std::uint64_t most = sizes_.memory / 2;
  const bool is_one_object = size_ && *size_ < sizes_.large_from;
  if (is_one_object) return *size_ <= most ? *size_ : 0;
  if (is_gathering_segments()) return segment_size();
  return size_ ? 0 : most;
}

void SwiftWriter::write(Bytes bytes) {
  if (size_ && bytes.size() > *size_ - written_) {
    throw Error(ErrorCode::invalid, "There is more data than was announced");
  }
  written_ += bytes.size();
  while (!bytes.empty()) bytes = bytes.subspan(take(bytes));
}

/// How many of the bytes went somewhere.
std::size_t SwiftWriter::take(Bytes bytes) {
  if (object_) return push_object(bytes);
  if (segments_ && !is_gathering_segments()) return push_segment(bytes);
  if (gathered_.size() < gathering_limit()) return gather(bytes);
  const bool is_one_object = size_ && *size_ < sizes_.large_from;
  if (is_one_object) {
    object_ = std::make_unique<HeldBody>(blobs_.begin_put(call_, place_, *size_), *size_);
    return 0;
  }
  begin_segments();
  return 0;
}

std::size_t SwiftWriter::gather(Bytes bytes) {
  const std::uint64_t limit = gathering_limit();
  const std::size_t count = std::min<std::uint64_t>(bytes.size(), limit - gathered_.size());
  const std::size_t needed = gathered_.size() + count;
  if (needed > gathered_.capacity()) {
    gathered_.reserve(std::min<std::uint64_t>(limit, std::max(least_capacity, 2 * needed)));
  }
  gathered_.insert(gathered_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
  return count;
}

/// What is gathered goes into a segment: a whole one, or the beginning of one that is pushed.
void SwiftWriter::begin_segments() {
  if (!segments_) {
    place_.container.access->make_last(call_);
    segments_ = std::make_unique<SwiftSegments>(blobs_, call_, place_, sizes_);
  }
  std::vector<std::byte> gathered = std::exchange(gathered_, {});
  if (is_gathering_segments()) {
    segments_->add(std::move(gathered), segment_size());
    return;
  }
  for (Bytes rest = gathered; !rest.empty();) rest = rest.subspan(push_segment(rest));
}

std::size_t SwiftWriter::push_object(Bytes bytes) {
  object_->write(bytes);
  if (object_->is_refused()) commit_pushed();  // which throws
  return bytes.size();
}

std::size_t SwiftWriter::push_segment(Bytes bytes) {
  if (left_in_segment_ == 0) {
    std::optional<std::uint64_t> length;
    left_in_segment_ = segment_size();
    if (size_) {
      const std::uint64_t missing = *size_ - written_ + bytes.size();
      left_in_segment_ = std::min(left_in_segment_, missing);
      length = left_in_segment_;
    }
    segments_->begin(length);
  }
  const std::size_t count = std::min<std::uint64_t>(bytes.size(), left_in_segment_);
  segments_->write(bytes.first(count));
  left_in_segment_ -= count;
  if (left_in_segment_ == 0) segments_->end();
  return count;
}

Location SwiftWriter::commit() {
  if (size_ && written_ < *size_) {
    throw Error(ErrorCode::invalid, "There is less data than was announced");
  }
  if (object_) {
    commit_pushed();
  } else if (segments_) {
    if (!gathered_.empty()) begin_segments();
    if (left_in_segment_ > 0) segments_->end();
    segments_->complete();
  } else {
    commit_gathered();
  }
  return {to_uri(location_), {}};
}

void SwiftWriter::commit_gathered() {
  try {
    blobs_.put(call_, place_, gathered_);
  } catch (const Error& error) {
    if (leaves_doubt(error.code())) doubtful_ = SwiftObject{gathered_.size(), md5_hex(gathered_)};
    throw;
  }
}

void SwiftWriter::commit_pushed() {
  const auto object = std::exchange(object_, nullptr);
  const SwiftObject expected{written_, object->md5()};
  try {
    blobs_.finish_put(call_, place_, *object, expected);
  } catch (const Error& error) {
    if (leaves_doubt(error.code())) doubtful_ = expected;
    throw;
  }
}

}  // namespace vitrine::stores
