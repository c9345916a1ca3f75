#include "stores/drivers/s3/s3_reader.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "fetch/content_range.h"
#include "stores/driver_rules.h"

namespace vitrine::stores {
namespace {

constexpr unsigned partial_content = 206;
constexpr unsigned was_replaced = 412;
constexpr unsigned range_not_satisfiable = 416;
constexpr std::string_view purpose = "read data";

Error other_part() {
  return Error(ErrorCode::unavailable, "The S3 service sends another part of the data than it was asked for");
}

/// HTTP has no empty ranges: one byte is asked for and not read.
ByteRange asked_for(ByteRange range) {
  if (range.length) range.length = std::max<std::uint64_t>(*range.length, 1);
  return range;
}

}  // namespace

S3Reader::S3Reader(S3Client& client, const StoreCall& call, S3Place place, ByteRange range)
    : client_(client), call_(call), place_(std::move(place)), offset_(range.offset) {
  open(range);
}

void S3Reader::open(ByteRange range) {
  const bool is_whole = range.offset == 0 && !range.length;
  S3Request request{.key = place_.key};
  if (!is_whole) request.range = asked_for(range);
  if (!etag_.empty()) request.headers = {{"If-Match", etag_}};
  S3Answer answer = client_.ask(call_, place_.bucket, request);
  if (answer.status == was_replaced) {
    throw Error(ErrorCode::unavailable, "The data was replaced while it was read");
  }
  if (answer.status == range_not_satisfiable) return open_refused(answer, range);
  if (!answer.is_good()) throw client_.error_of(answer, place_.bucket, purpose);
  etag_ = answer.response->header("ETag").value_or("");
  const auto length = answer.response->content_length();
  if (!is_whole) {
    take_part(*answer.response, range);
  } else if (answer.status == partial_content || !length) {
    throw other_part();
  } else {
    left_ = *length;
  }
  response_ = std::move(answer.response);
}

/// A range that starts at the very end is empty for us, and refused by a service.
void S3Reader::open_refused(const S3Answer& refusal, ByteRange range) {
  const auto content = fetch::parse_content_range(refusal.response->header("Content-Range").value_or(""));
  std::optional<std::uint64_t> total = content ? content->total : std::nullopt;
  if (!total) {
    const S3Answer head =
        client_.ask(call_, place_.bucket, {.method = fetch::Method::head, .key = place_.key});
    if (!head.is_good()) throw client_.error_of(head, place_.bucket, purpose);
    total = head.response->content_length();
  }
  if (stretch_of(range, total.value_or(0)).length > 0) throw other_part();
}

void S3Reader::take_part(fetch::Response& response, ByteRange range) {
  // Some services take a range that they cannot count to for none.
  if (response.status() != partial_content) stretch_of(range, response.content_length().value_or(0));
  const auto content = fetch::parse_content_range(response.header("Content-Range").value_or(""));
  if (response.status() != partial_content || !content || !content->part) throw other_part();
  const auto [first, last] = *content->part;
  const std::uint64_t length = last - first + 1;
  const ByteRange asked = asked_for(range);
  const bool is_all = asked.length && length == *asked.length;
  const bool is_rest = content->total == last + 1 && (!asked.length || length < *asked.length);
  if (first != range.offset || !(is_all || is_rest)) throw other_part();
  if (response.content_length().value_or(length) != length) throw other_part();
  left_ = std::min(length, range.length.value_or(length));
}

std::size_t S3Reader::read(MutableBytes space) {
  space = space.first(std::min<std::uint64_t>(space.size(), left_));
  std::size_t filled = 0;
  while (filled < space.size()) filled += read_on(space.subspan(filled));
  return filled;
}

std::size_t S3Reader::read_on(MutableBytes space) {
  try {
    const std::size_t count = response_->read_some(space);
    if (count == 0)
      throw Error(ErrorCode::unavailable, "The S3 service sends less data than it has announced");
    left_ -= count;
    offset_ += count;
    return count;
  } catch (const Error& error) {
    if (!can_retry(error.code())) throw;
    log::info("s3 store: reading goes on at byte {}: {}", offset_, error.what());
  }
  reopen();
  return 0;
}

/// As often as it brings something: open() itself has bounded patience.
void S3Reader::reopen() {
  const std::uint64_t left = left_;
  response_.reset();
  open({offset_, left});
  if (!response_ || left_ != left) throw other_part();
}

}  // namespace vitrine::stores
