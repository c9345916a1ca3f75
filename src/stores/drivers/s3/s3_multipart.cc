#include "stores/drivers/s3/s3_multipart.h"

#include <utility>

#include "stores/driver_rules.h"

namespace vitrine::stores {

S3Multipart::S3Multipart(S3Blobs& blobs, const StoreCall& call, const std::string& key,
                         const S3PartSizes& sizes, S3Sums sums)
    : blobs_(blobs),
      outer_(call),
      sums_(sums),
      upload_{key, blobs.begin_upload(call, key, sums)},
      sender_("s3-parts", call, {.memory = sizes.memory, .threads = sizes.threads}) {}

S3Multipart::~S3Multipart() {
  sender_.stop();
  if (!is_complete_) blobs_.clean_up({upload_.key, upload_.id, doubtful_});
}

void S3Multipart::add(std::vector<std::byte> part, std::uint64_t next_size) {
  const std::size_t number = take_number();
  sender_.add(std::move(part), next_size, [this, number](const StoreCall& call, Bytes content) {
    note(number, blobs_.send_part(call, upload_, number, content, sums_));
  });
}

std::unique_ptr<HeldBody> S3Multipart::begin_stream(std::uint64_t length) {
  const std::size_t number = take_number();
  return std::make_unique<HeldBody>(blobs_.begin_part(sender_.call(), upload_, number, length), length);
}

void S3Multipart::end_stream(HeldBody& stream) {
  note(count_, blobs_.finish_part(stream.finish(), stream.md5()));
}

void S3Multipart::complete(std::uint64_t size) {
  sender_.wait();
  try {
    blobs_.complete(outer_, upload_, parts_, size);
    is_complete_ = true;
  } catch (const Error& error) {
    if (leaves_doubt(error.code())) doubtful_ = S3Object{size, etag_of_parts(parts_)};
    throw;
  }
}

std::size_t S3Multipart::take_number() {
  if (count_ == most_parts) {
    throw Error(ErrorCode::limit_exceeded,
                "The data is too large for an upload whose size is not known. Send its size in the header "
                "X-OpenStack-Image-Size, or raise s3_store_large_object_chunk_size.");
  }
  const std::lock_guard lock(mutex_);
  parts_.emplace_back();
  return ++count_;
}

void S3Multipart::note(std::size_t number, S3Part part) {
  const std::lock_guard lock(mutex_);
  parts_.at(number - 1) = std::move(part);
}

}  // namespace vitrine::stores
