#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/digest.h"
#include "stores/drivers/part_sender.h"
#include "stores/drivers/swift/swift_blobs.h"

namespace vitrine::stores {

/// A blob that is written in segments, several at the same time. Destroyed before it is completed, it leaves
/// nothing behind. Used by one thread; what fails on others comes out of its next call.
class SwiftSegments {
 public:
  static constexpr std::size_t most_static = 1'000;  ///< that Swift lists in a static large object

  /// Throws as SwiftBlobs::begin_segments(). The blobs are borrowed.
  SwiftSegments(SwiftBlobs& blobs, const StoreCall& call, SwiftPlace place, const SwiftSegmentSizes& sizes);
  ~SwiftSegments();
  SwiftSegments(const SwiftSegments&) = delete;
  SwiftSegments& operator=(const SwiftSegments&) = delete;

  /// Sends a segment on another thread; waits while that would take up too much memory, the next segment of
  /// `next_size` bytes included.
  void add(std::vector<std::byte> segment, std::uint64_t next_size);

  /// Begins a segment that is pushed. Without a length it may end at any byte.
  void begin(std::optional<std::uint64_t> length);
  /// Of the segment that was begun.
  void write(Bytes bytes);
  void end();

  /// Waits for all segments, and makes them one blob.
  void complete();

 private:
  std::size_t take_number();
  void note(std::size_t number, SwiftSegment segment);

  /// A segment that is being pushed.
  struct Pushed {
    std::unique_ptr<fetch::Sending> sending;
    Digest md5{"md5"};
    std::uint64_t size = 0;
  };

  SwiftBlobs& blobs_;
  const StoreCall outer_;  ///< the call that all is done for
  const SwiftUpload upload_;
  const SwiftManifest kind_;
  std::unique_ptr<Pushed> pushed_;
  std::optional<SwiftObject> doubtful_;  ///< may have come into being, though its manifest failed
  bool is_complete_ = false;

  std::mutex mutex_;
  std::vector<SwiftSegment> segments_;
  PartSender sender_;  // last: what it sends uses the rest
};

}  // namespace vitrine::stores
