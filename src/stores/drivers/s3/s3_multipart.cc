#include "stores/drivers/s3/s3_multipart.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "stores/driver_rules.h"

namespace vitrine::stores {
namespace {

std::size_t thread_count(const S3PartSizes& sizes) {
  const std::uint64_t fitting = std::max<std::uint64_t>(sizes.memory / sizes.part, 1);
  return std::min<std::uint64_t>(sizes.threads, fitting);
}

}  // namespace

S3Multipart::S3Multipart(S3Blobs& blobs, const StoreCall& call, const std::string& key,
                         const S3PartSizes& sizes)
    : blobs_(blobs),
      outer_(call),
      sizes_(sizes),
      call_{.caller = call.caller, .deadline = call.deadline, .stop = stop_.get_token()},
      on_stop_(call.stop, [this] { stop_.request_stop(); }),
      upload_{key, blobs.begin_upload(call, key)} {}

S3Multipart::~S3Multipart() {
  stop_.request_stop();
  pool_.reset();
  if (!is_complete_) blobs_.clean_up({upload_.key, upload_.id, doubtful_});
}

void S3Multipart::add(std::vector<std::byte> part, std::uint64_t next_size) {
  const std::size_t number = take_number();
  const std::uint64_t size = part.size();
  wait_until([&] {
    const bool is_fitting = bytes_in_flight_ + size + next_size <= sizes_.memory;
    return in_flight_ == 0 || (is_fitting && in_flight_ < sizes_.threads);
  });
  if (!pool_) pool_ = std::make_unique<threads::WorkerPool>("s3-parts", thread_count(sizes_));
  {
    const std::lock_guard lock(mutex_);
    ++in_flight_;
    bytes_in_flight_ += size;
  }
  // A task is copied, a part is not.
  auto shared = std::make_shared<std::vector<std::byte>>(std::move(part));
  pool_->post([this, number, kept = std::move(shared)] { send(number, *kept); });
}

void S3Multipart::send(std::size_t number, const std::vector<std::byte>& part) {
  std::string etag;
  std::exception_ptr failure;
  try {
    if (stop_.stop_requested()) throw Error(ErrorCode::cancelled, "The upload was given up");
    etag = blobs_.send_part(call_, upload_, number, part);
  } catch (...) {
    failure = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  --in_flight_;
  bytes_in_flight_ -= part.size();
  if (failure) {
    if (!failure_) failure_ = failure;
    stop_.request_stop();
  } else {
    etags_.at(number - 1) = std::move(etag);
  }
  changed_.notify_all();
}

std::unique_ptr<S3Stream> S3Multipart::begin_stream(std::uint64_t length) {
  const std::size_t number = take_number();
  return std::make_unique<S3Stream>(blobs_.begin_part(call_, upload_, number, length), length);
}

void S3Multipart::end_stream(S3Stream& stream) {
  std::string etag = blobs_.finish_part(stream.finish(), stream.md5());
  const std::lock_guard lock(mutex_);
  etags_.at(count_ - 1) = std::move(etag);
}

void S3Multipart::complete(std::uint64_t size) {
  wait_until([&] { return in_flight_ == 0; });
  try {
    blobs_.complete(outer_, upload_, etags_, size);
    is_complete_ = true;
  } catch (const Error& error) {
    if (leaves_doubt(error.code())) doubtful_ = S3Object{size, etag_of_parts(etags_)};
    throw;
  }
}

/// Called with the lock held, the function looks at what the lock guards.
void S3Multipart::wait_until(const std::function<bool()>& is_enough) {
  std::unique_lock lock(mutex_);
  const auto is_over = [&] { return failure_ || is_enough(); };
  const bool is_good = changed_.wait_until(lock, outer_.stop, outer_.deadline, is_over);
  if (failure_) std::rethrow_exception(failure_);
  if (outer_.stop.stop_requested()) throw Error(ErrorCode::cancelled, "The call to the store was cancelled");
  if (!is_good) throw Error(ErrorCode::timed_out, "The S3 service takes the data too slowly");
}

std::size_t S3Multipart::take_number() {
  if (count_ == most_parts) {
    throw Error(ErrorCode::limit_exceeded,
                "The data is too large for an upload whose size is not known. Send its size in the header "
                "X-OpenStack-Image-Size, or raise s3_store_large_object_chunk_size.");
  }
  const std::lock_guard lock(mutex_);
  etags_.emplace_back();
  return ++count_;
}

}  // namespace vitrine::stores
