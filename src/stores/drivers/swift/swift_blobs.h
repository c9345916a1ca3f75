#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stores/drivers/held_body.h"
#include "stores/drivers/name_claims.h"
#include "stores/drivers/swift/swift_client.h"

namespace vitrine::stores {

/// A blob's place: its container, and its name there.
struct SwiftPlace {
  SwiftContainer container;
  std::string object;
};

/// A blob that is being written in segments.
struct SwiftUpload {
  SwiftPlace place;
  std::string id;  ///< by which its segments are told from those of other attempts
};

/// What Swift says of a blob.
struct SwiftObject {
  std::uint64_t size = 0;
  std::string etag;                       ///< without quotes; empty: none
  std::optional<std::string> manifest{};  ///< of a dynamic large object: `container/beginning of the names`
  bool is_static = false;                 ///< a static large object

  bool is_same(const SwiftObject& other) const { return size == other.size && etag == other.etag; }
};

/// A segment of a blob. They are counted from 1.
struct SwiftSegment {
  std::string etag;
  std::uint64_t size = 0;
};

/// What makes segments one blob: the beginning of their names, or a list of them.
enum class SwiftManifest { dynamic_one, static_one };

/// What Swift says of the blob that they are.
SwiftObject whole_of(const std::vector<SwiftSegment>& segments);

/// For a blob that is there already.
Error swift_name_is_taken();

/// The name of a blob's segment, as glance_store makes it.
std::string swift_segment_name(std::string_view blob, std::size_t number);

/// Whether it is a name of that kind, whatever the blob. Names of blobs, which are ids, are not.
bool is_swift_segment(std::string_view name);

/// The blobs of a store, and how they come into being: as one object, or as segments that a manifest makes
/// one. Nothing replaces a blob that is there. May be shared between threads; what goes wrong is thrown as
/// SwiftClient says it.
class SwiftBlobs {
 public:
  /// The client is borrowed.
  explicit SwiftBlobs(SwiftClient& client) : client_(client) {}

  /// Nothing if there is none.
  std::optional<SwiftObject> find(const StoreCall& call, const SwiftPlace& place);

  /// Puts a whole blob. Throws Error{duplicate}.
  void put(const StoreCall& call, const SwiftPlace& place, Bytes content);
  /// Begins to put a blob that is pushed, all of which is then in the body that is finished.
  std::unique_ptr<fetch::Sending> begin_put(const StoreCall& call, const SwiftPlace& place,
                                            std::uint64_t length);
  /// `expected` has the MD5 of the whole. Throws Error{duplicate}, Error{unavailable} if something else
  /// arrived than was sent; then nothing is left.
  void finish_put(const StoreCall& call, const SwiftPlace& place, HeldBody& body,
                  const SwiftObject& expected);

  /// Reserves the names of the blob's segments for the caller, and removes what others left there. Throws
  /// Error{duplicate} if there is such a blob, or somebody here is writing its segments.
  void begin_segments(const StoreCall& call, const SwiftPlace& place);
  /// Gives the names back.
  void end_segments(const SwiftPlace& place);
  void put_segment(const StoreCall& call, const SwiftUpload& upload, std::size_t number, Bytes content);
  std::unique_ptr<fetch::Sending> begin_segment(const StoreCall& call, const SwiftUpload& upload,
                                                std::size_t number, std::optional<std::uint64_t> length);
  /// Throws Error{unavailable} if something else arrived than was sent.
  void finish_segment(const SwiftPlace& place, fetch::Sending& sending, const std::string& md5);
  /// Makes the segments one blob. Throws Error{duplicate}.
  void put_manifest(const StoreCall& call, const SwiftPlace& place, const std::vector<SwiftSegment>& segments,
                    SwiftManifest kind);

  /// Removes the blob, with its segments if it has such.
  void remove(const StoreCall& call, const SwiftPlace& place, const SwiftObject& object);
  /// Removes segments of the blob that are in its container, whether there is a manifest or not.
  void remove_segments(const StoreCall& call, const SwiftPlace& place);

  /// The objects of the container whose names begin so, or the containers of the account. None if there is
  /// no container.
  std::vector<std::string> list(const StoreCall& call, const SwiftContainer& container,
                                std::string_view beginning);

  /// What an attempt to write may have left.
  struct Leftover {
    SwiftUpload upload;                 ///< without an id if it has no segments
    std::size_t segments = 0;           ///< so many, from the first on
    std::optional<SwiftObject> object;  ///< removed only if it is this one
  };
  /// Takes it away, while nobody else can write the blob. What cannot be taken away now is remembered for
  /// retry_clean_up().
  void clean_up(const Leftover& leftover) noexcept;
  /// Takes away what is remembered, until something fails again.
  void retry_clean_up();

 private:
  using Name = std::pair<std::string, std::string>;  ///< container, blob

  std::vector<std::string> list_page(const StoreCall& call, const SwiftContainer& container,
                                     std::string_view beginning, const std::string& after);
  void put_if_absent(const StoreCall& call, const SwiftPlace& place, SwiftRequest request,
                     const SwiftObject& expected);
  bool has_arrived(const StoreCall& call, const SwiftPlace& place, const SwiftObject& expected);
  void remove_object(const StoreCall& call, const SwiftContainer& container, const std::string& object);
  void remove_static(const StoreCall& call, const SwiftPlace& place);
  void remove_dynamic(const StoreCall& call, const SwiftPlace& place, const std::string& manifest);
  bool is_live(const SwiftPlace& place);
  void take_away(const StoreCall& call, const Leftover& leftover);
  void take_away_later(const StoreCall& call, const Leftover& leftover);
  void remember(const Leftover& leftover, const Error& reason);
  std::optional<Leftover> take_leftover();

  SwiftClient& client_;
  NameClaims claims_;  ///< of blobs that come into being, or whose segments begin
  std::mutex mutex_;
  std::set<Name> live_;  ///< whose segments somebody here is writing
  std::vector<Leftover> unremoved_;
};

}  // namespace vitrine::stores
