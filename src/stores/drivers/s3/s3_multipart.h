#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "stores/drivers/s3/s3_blobs.h"
#include "stores/drivers/s3/s3_stream.h"
#include "threads/worker_pool.h"

namespace vitrine::stores {

/// A blob that is uploaded in parts, several at the same time. Destroyed before it is completed, it leaves
/// nothing behind. Used by one thread; what fails on others comes out of its next call.
class S3Multipart {
 public:
  static constexpr std::size_t most_parts = 10'000;  ///< that S3 takes

  /// Begins the upload. The blobs are borrowed.
  S3Multipart(S3Blobs& blobs, const StoreCall& call, const std::string& key, const S3PartSizes& sizes);
  ~S3Multipart();
  S3Multipart(const S3Multipart&) = delete;
  S3Multipart& operator=(const S3Multipart&) = delete;

  /// Parts so far.
  std::size_t count() const { return count_; }

  /// Sends a part on another thread; waits while that would take up too much memory, the next part of
  /// `next_size` bytes included.
  void add(std::vector<std::byte> part, std::uint64_t next_size);

  /// Begins a part that is pushed; end_stream() ends it.
  std::unique_ptr<S3Stream> begin_stream(std::uint64_t length);
  void end_stream(S3Stream& stream);

  /// Waits for all parts, and makes them one blob of `size` bytes.
  void complete(std::uint64_t size);

 private:
  void send(std::size_t number, const std::vector<std::byte>& part);
  void wait_until(const std::function<bool()>& is_enough);
  std::size_t take_number();

  S3Blobs& blobs_;
  const StoreCall outer_;  ///< the call that all is done for
  const S3PartSizes sizes_;
  std::stop_source stop_;
  const StoreCall call_;  ///< for the parts, which stop when one of them fails, too
  const std::stop_callback<std::function<void()>> on_stop_;
  const S3Upload upload_;
  std::size_t count_ = 0;
  std::optional<S3Object> doubtful_;  ///< may have come into being, though its completion failed
  bool is_complete_ = false;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<std::string> etags_;
  std::size_t in_flight_ = 0;
  std::uint64_t bytes_in_flight_ = 0;
  std::exception_ptr failure_;

  std::unique_ptr<threads::WorkerPool> pool_;  // destroyed first: its tasks use the rest
};

}  // namespace vitrine::stores
