#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>

#include "base/bytes.h"
#include "model/caller.h"
#include "model/image.h"
#include "stores/store_set.h"

namespace vitrine::images {

struct Limits;
struct Resources;

struct UploadRequest {
  std::optional<std::uint64_t> announced_size = {};  ///< bytes that the client says will come
  stores::Store* store = nullptr;                    ///< null: the default store
};

/// An image's data on its way in. While it lives, the image is `saving` and stands in the node's journal.
/// Destroyed before finish() has returned, it undoes itself: no data, the image `queued` again. Used by one
/// thread at a time.
class Upload {
 public:
  /// Takes the image from `queued` to `saving` and opens a writer in the store. Throws Error{conflict} unless
  /// it was `queued`, Error{invalid} if it lacks a format, Error{gone} if the store takes no data,
  /// Error{limit_exceeded} if the announced bytes do not fit into the quota of the caller's project,
  /// or it has as many uploads under way as it may.
  Upload(const Resources& resources, const Limits& limits, const model::Caller& caller,
         const model::Image& image, const UploadRequest& request, std::stop_token stop);
  ~Upload();
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  /// Blocks while the store or a digest is behind. Throws Error{limit_exceeded} if bytes that were not
  /// announced do not fit into the quota, Error{unsupported_media_type} if the data is of the wrong format or
  /// unsafe.
  void write(Chunk chunk);

  /// Commits the data and makes the image `active`. Throws Error{gone} if the image was deleted meanwhile,
  /// Error{limit_exceeded} if other nodes used up the quota meanwhile, Error{unsupported_media_type} as
  /// write() does.
  model::Image finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vitrine::images
