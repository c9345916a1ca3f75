#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>

#include "base/bytes.h"
#include "imports/means.h"
#include "model/caller.h"
#include "model/image.h"

namespace vitrine::imports {

/// An image's data on its way to the place where it waits for its import. While it lives, the image is
/// `uploading` and stands in the journal. Destroyed before finish() has returned, it undoes itself: nothing
/// staged, the image `queued` again. Used by one thread at a time.
class StagedUpload {
 public:
  /// Throws Error{conflict} unless the image was `queued`, Error{limit_exceeded} if the project has no room
  /// for what is announced, or as many images under way as it may.
  StagedUpload(const Means& means, const model::Caller& caller, const model::Image& image,
               std::optional<std::uint64_t> announced_size, std::stop_token stop);
  ~StagedUpload();
  StagedUpload(const StagedUpload&) = delete;
  StagedUpload& operator=(const StagedUpload&) = delete;

  void write(Chunk chunk);

  /// The data is complete and waits; the image stays `uploading`. Throws Error{gone} if the image was deleted
  /// meanwhile, Error{limit_exceeded}.
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vitrine::imports
