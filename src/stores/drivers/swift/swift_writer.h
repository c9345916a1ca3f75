#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "stores/driver.h"
#include "stores/drivers/held_body.h"
#include "stores/drivers/swift/swift_blobs.h"
#include "stores/drivers/swift/swift_location.h"
#include "stores/drivers/swift/swift_segments.h"

namespace vitrine::stores {

/// Writes a blob. One that is known to be small, or turns out to be, is one object; any other is written in
/// segments. What fits is gathered in memory before it is sent, so that it can be sent again; larger objects
/// and segments are sent as they come.
class SwiftWriter : public BlobWriter {
 public:
  /// The blobs are borrowed.
  SwiftWriter(SwiftBlobs& blobs, const SwiftSegmentSizes& sizes, const StoreCall& call, SwiftPlace place,
              SwiftLocation location, std::optional<std::uint64_t> size);
  ~SwiftWriter() override;

  void write(Bytes bytes) override;
  Location commit() override;

 private:
  std::size_t take(Bytes bytes);
  std::size_t gather(Bytes bytes);
  std::size_t push_object(Bytes bytes);
  std::size_t push_segment(Bytes bytes);
  std::uint64_t segment_size() const;
  std::uint64_t gathering_limit() const;
  bool is_gathering_segments() const;
  void begin_segments();
  void commit_gathered();
  void commit_pushed();

  SwiftBlobs& blobs_;
  const SwiftSegmentSizes sizes_;
  const StoreCall call_;
  const SwiftPlace place_;
  const SwiftLocation location_;
  const std::optional<std::uint64_t> size_;
  std::uint64_t written_ = 0;
  std::vector<std::byte> gathered_;
  std::unique_ptr<HeldBody> object_;
  std::unique_ptr<SwiftSegments> segments_;
  std::uint64_t left_in_segment_ = 0;    ///< of one that is pushed
  std::optional<SwiftObject> doubtful_;  ///< may have come into being, though its commit failed
};

}  // namespace vitrine::stores
