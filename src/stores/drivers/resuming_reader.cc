#include "stores/drivers/resuming_reader.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "fetch/content_range.h"
#include "stores/driver_rules.h"
#include "stores/drivers/http_statuses.h"

namespace vitrine::stores {
namespace {

Error other_part() {
  return Error(ErrorCode::unavailable,
               "The store's service sends another part of the data than it was asked for");
}

/// HTTP has no empty ranges: one byte is asked for and not read.
ByteRange asked_for(ByteRange range) {
  if (range.length) range.length = std::max<std::uint64_t>(*range.length, 1);
  return range;
}

}  // namespace

ResumingReader::ResumingReader(std::unique_ptr<DataSource> source, ByteRange range)
    : source_(std::move(source)), offset_(range.offset) {
  open(range);
}

void ResumingReader::open(ByteRange range) {
  const bool is_whole = range.offset == 0 && !range.length;
  DataQuestion question{.range = {}, .if_match = etag_};
  if (!is_whole) question.range = asked_for(range);
  std::unique_ptr<fetch::Response> response = source_->ask(question);
  if (response->status() == http_status::precondition_failed) {
    throw Error(ErrorCode::unavailable, "The data was replaced while it was read");
  }
  if (response->status() == http_status::range_not_satisfiable) return open_refused(*response, range);
  etag_ = response->header("ETag").value_or("");
  const auto length = response->content_length();
  if (!is_whole) {
    take_part(*response, range);
  } else if (response->status() == http_status::partial_content || !length) {
    throw other_part();
  } else {
    left_ = *length;
  }
  response_ = std::move(response);
}

/// A range that starts at the very end is empty for us, and refused by a service.
void ResumingReader::open_refused(const fetch::Response& refusal, ByteRange range) {
  const auto content = fetch::parse_content_range(refusal.header("Content-Range").value_or(""));
  std::optional<std::uint64_t> total = content ? content->total : std::nullopt;
  if (!total) total = source_->size();
  if (stretch_of(range, total.value_or(0)).length > 0) throw other_part();
}

void ResumingReader::take_part(fetch::Response& response, ByteRange range) {
  // Some services take a range that they cannot count to for none.
  if (response.status() != http_status::partial_content)
    stretch_of(range, response.content_length().value_or(0));
  const auto content = fetch::parse_content_range(response.header("Content-Range").value_or(""));
  if (response.status() != http_status::partial_content || !content || !content->part) throw other_part();
  const auto [first, last] = *content->part;
  const std::uint64_t length = last - first + 1;
  const ByteRange asked = asked_for(range);
  const bool is_all = asked.length && length == *asked.length;
  const bool is_rest = content->total == last + 1 && (!asked.length || length < *asked.length);
  if (first != range.offset || !(is_all || is_rest)) throw other_part();
  if (response.content_length().value_or(length) != length) throw other_part();
  left_ = std::min(length, range.length.value_or(length));
}

std::size_t ResumingReader::read(MutableBytes space) {
  space = space.first(std::min<std::uint64_t>(space.size(), left_));
  std::size_t filled = 0;
  while (filled < space.size()) filled += read_on(space.subspan(filled));
  return filled;
}

std::size_t ResumingReader::read_on(MutableBytes space) {
  try {
    const std::size_t count = response_->read_some(space);
    if (count == 0) {
      throw Error(ErrorCode::unavailable, "The store's service sends less data than it has announced");
    }
    left_ -= count;
    offset_ += count;
    return count;
  } catch (const Error& error) {
    if (!can_retry(error.code())) throw;
    log::info("Reading from a store goes on at byte {}: {}", offset_, error.what());
  }
  reopen();
  return 0;
}

/// As often as it brings something: open() itself has bounded patience.
void ResumingReader::reopen() {
  const std::uint64_t left = left_;
  response_.reset();
  open({offset_, left});
  if (!response_ || left_ != left) throw other_part();
}

}  // namespace vitrine::stores
