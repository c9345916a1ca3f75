#include "stores/drivers/s3/s3_writer.h"

#include <algorithm>

#include "base/error.h"
#include "stores/driver_rules.h"

namespace vitrine::stores {
namespace {

// Parts that have to be larger than configured are a multiple of it.
constexpr std::uint64_t size_step = std::uint64_t{1} << 20;
constexpr std::uint64_t parts_of_one_size = 1'000;
constexpr std::size_t first_capacity = std::size_t{64} * 1024;

std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

}  // namespace

S3Writer::S3Writer(S3Blobs& blobs, const S3PartSizes& sizes, const StoreCall& call, S3Location location,
                   std::optional<std::uint64_t> size)
    : blobs_(blobs),
      sizes_(sizes),
      call_(call),
      location_(std::move(location)),
      size_(size),
      is_multipart_(size && *size >= sizes.multipart_from) {}

S3Writer::~S3Writer() {
  stream_.reset();
  parts_.reset();
  if (doubtful_) blobs_.clean_up({location_.key, "", doubtful_});
}

/// Bytes of the object or part that comes next, at most.
std::uint64_t S3Writer::next_part_size() const {
  if (size_ && !is_multipart_) return *size_;
  if (size_) {
    const std::uint64_t least = (*size_ + S3Multipart::most_parts - 1) / S3Multipart::most_parts;
    return least <= sizes_.part ? sizes_.part : round_up(least, size_step);
  }
  // Without a size parts grow, so that the blob may be large though its first parts are not.
  const std::size_t doublings = (parts_ ? parts_->count() : 0) / parts_of_one_size;
  return std::min(sizes_.part << std::min<std::size_t>(doublings, 10), sizes_.memory / 2);
}

void S3Writer::write(Bytes bytes) {
  if (size_ && bytes.size() > *size_ - written_) {
    throw Error(ErrorCode::invalid, "There is more data than was announced");
  }
  written_ += bytes.size();
  while (!bytes.empty()) bytes = bytes.subspan(take(bytes));
}

/// The upload in parts, begun when the first one is there.
S3Multipart& S3Writer::parts() {
  if (!parts_) {
    const bool is_held = next_part_size() <= sizes_.memory / 2;
    parts_ = std::make_unique<S3Multipart>(blobs_, call_, location_.key, sizes_,
                                           is_held ? blobs_.sums() : S3Sums::none);
  }
  return *parts_;
}

/// How many of the bytes went somewhere.
std::size_t S3Writer::take(Bytes bytes) {
  if (stream_) return stream(bytes);
  const bool is_at_boundary = gathered_.empty();
  if (!is_at_boundary || next_part_size() <= sizes_.memory / 2) return gather(bytes);
  if (!is_multipart_) {
    stream_ = std::make_unique<HeldBody>(blobs_.begin_put(call_, location_.key, *size_), *size_);
  } else {
    const std::uint64_t missing = *size_ - written_ + bytes.size();
    stream_ = parts().begin_stream(std::min(next_part_size(), missing));
  }
  return stream(bytes);
}

std::size_t S3Writer::stream(Bytes bytes) {
  if (stream_->missing() == 0) {
    end_stream();
    return 0;
  }
  const std::size_t count = std::min<std::uint64_t>(bytes.size(), stream_->missing());
  stream_->write(bytes.first(count));
  if (stream_->is_refused()) commit_stream();  // which throws
  return count;
}

void S3Writer::end_stream() {
  parts_->end_stream(*stream_);
  stream_.reset();
}

std::size_t S3Writer::gather(Bytes bytes) {
  const std::uint64_t part_size = next_part_size();
  if (gathered_.size() == part_size) {
    send_gathered();
    return 0;
  }
  const std::size_t count = std::min<std::uint64_t>(bytes.size(), part_size - gathered_.size());
  const std::size_t needed = gathered_.size() + count;
  if (needed > gathered_.capacity()) {
    gathered_.reserve(std::min<std::uint64_t>(part_size, std::max(first_capacity, 2 * needed)));
  }
  gathered_.insert(gathered_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
  return count;
}

void S3Writer::send_gathered() {
  parts().add(std::exchange(gathered_, {}), next_part_size());
}

Location S3Writer::commit() {
  if (size_ && written_ < *size_) {
    throw Error(ErrorCode::invalid, "There is less data than was announced");
  }
  if (stream_) {
    commit_stream();
  } else if (parts_) {
    if (!gathered_.empty()) send_gathered();
  } else {
    commit_gathered();
  }
  if (parts_) parts_->complete(written_);
  return {to_uri(location_), {}};
}

void S3Writer::commit_gathered() {
  try {
    blobs_.put(call_, location_.key, gathered_);
  } catch (const Error& error) {
    if (leaves_doubt(error.code())) doubtful_ = S3Object{gathered_.size(), md5_hex(gathered_)};
    throw;
  }
}

/// Ends what is on its way, the last part or the whole blob.
void S3Writer::commit_stream() {
  if (parts_) return end_stream();
  const auto stream = std::move(stream_);
  const S3Object expected{written_, stream->md5()};
  try {
    blobs_.finish_put(call_, location_.key, *stream, expected);
  } catch (const Error& error) {
    if (leaves_doubt(error.code())) doubtful_ = expected;
    throw;
  }
}

}  // namespace vitrine::stores
