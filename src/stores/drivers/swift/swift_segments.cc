#include "stores/drivers/swift/swift_segments.h"

#include <utility>

#include "base/error.h"
#include "base/ids.h"
#include "stores/driver_rules.h"

namespace vitrine::stores {
namespace {

// Those of a dynamic large object are in the order of their names, which have five digits.
constexpr std::size_t most_dynamic_segments = 99'999;

}  // namespace

SwiftSegments::SwiftSegments(SwiftBlobs& blobs, const StoreCall& call, SwiftPlace place,
                             const SwiftSegmentSizes& sizes)
    : blobs_(blobs),
      outer_(call),
      upload_{std::move(place), new_uuid()},
      kind_(sizes.is_static ? SwiftManifest::static_one : SwiftManifest::dynamic_one),
      sender_("swift-segments", call, {.memory = sizes.memory, .threads = sizes.threads}) {
  blobs_.begin_segments(call, upload_.place);
}

SwiftSegments::~SwiftSegments() {
  pushed_.reset();
  sender_.stop();
  if (!is_complete_) blobs_.clean_up({upload_, segments_.size(), doubtful_});
  blobs_.end_segments(upload_.place);
}

void SwiftSegments::add(std::vector<std::byte> segment, std::uint64_t next_size) {
  const std::size_t number = take_number();
  sender_.add(std::move(segment), next_size, [this, number](const StoreCall& call, Bytes content) {
    blobs_.put_segment(call, upload_, number, content);
    note(number, {md5_hex(content), content.size()});
  });
}

void SwiftSegments::begin(std::optional<std::uint64_t> length) {
  const std::size_t number = take_number();
  pushed_ = std::make_unique<Pushed>();
  pushed_->sending = blobs_.begin_segment(sender_.call(), upload_, number, length);
}

void SwiftSegments::write(Bytes bytes) {
  pushed_->md5.update(bytes);
  pushed_->size += bytes.size();
  pushed_->sending->write(bytes);
  if (pushed_->sending->is_answered()) end();  // which throws why
}

void SwiftSegments::end() {
  const auto pushed = std::exchange(pushed_, nullptr);
  SwiftSegment segment{pushed->md5.finish(), pushed->size};
  blobs_.finish_segment(upload_.place, *pushed->sending, segment.etag);
  note(segments_.size(), std::move(segment));
}

void SwiftSegments::complete() {
  sender_.wait();
  try {
    blobs_.put_manifest(outer_, upload_.place, segments_, kind_);
    is_complete_ = true;
  } catch (const Error& error) {
    if (leaves_doubt(error.code())) doubtful_ = whole_of(segments_);
    throw;
  }
}

std::size_t SwiftSegments::take_number() {
  const bool is_static = kind_ == SwiftManifest::static_one;
  const std::lock_guard lock(mutex_);
  if (segments_.size() == (is_static ? most_static : most_dynamic_segments)) {
    throw Error(ErrorCode::limit_exceeded,
                "The data is too large for so many segments. Raise swift_store_large_object_chunk_size.");
  }
  segments_.emplace_back();
  return segments_.size();
}

void SwiftSegments::note(std::size_t number, SwiftSegment segment) {
  const std::lock_guard lock(mutex_);
  segments_.at(number - 1) = std::move(segment);
}

}  // namespace vitrine::stores
