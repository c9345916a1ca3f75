#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "imports/request.h"
#include "transfer/expected_digest.h"

namespace vitrine::imports {

class ImportJob;

/// Where an import's bytes come from.
struct ImportSource {
  std::unique_ptr<ByteSource> bytes;
  std::optional<std::uint64_t> size = {};               ///< how many will come, if that is known
  std::filesystem::path file = {};                      ///< where they lie on this node; empty: nowhere
  std::optional<transfer::ExpectedDigest> digest = {};  ///< of the bytes, if it is known before
};

/// One way of bringing data to an image. Immutable: may be shared between threads.
class ImportMethod {
 public:
  virtual ~ImportMethod() = default;

  /// Looks at what this method alone needs of a request; throws Error to refuse it. Quick: the client waits.
  virtual void check(const ImportRequest& request) const = 0;

  /// Opens the source, on the task's thread. Called again when stores that failed are followed by others.
  /// The source must not outlive the job.
  virtual ImportSource open(ImportJob& job) const = 0;
};

}  // namespace vitrine::imports
