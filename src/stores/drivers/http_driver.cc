#include "stores/drivers/http_driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "fetch/content_range.h"
#include "fetch/redirects.h"
#include "stores/driver_rules.h"
#include "stores/drivers/http_statuses.h"

namespace vitrine::stores {
namespace {

constexpr std::string_view server = "The server that holds the image's data";

// Glance follows these and no others.
constexpr unsigned followed_statuses[] = {301, 302};
constexpr unsigned most_redirects = 5;

Error server_error(ErrorCode code, std::string_view what) {
  return Error(code, fmt::format("{} {}", server, what));
}

/// What `call` returns. What goes wrong with a server is logged with its name, which the users of an image
/// need not know.
template <class Call>
auto without_details(const Call& call) {
  try {
    return call();
  } catch (const Error& error) {
    if (!can_retry(error.code())) throw;
    log::warning("http store: {}", error.what());
    const bool is_late = error.code() == ErrorCode::timed_out;
    throw server_error(error.code(), is_late ? "does not answer in time" : "is unavailable");
  }
}

fetch::Uri uri_of(const Location& location) {
  fetch::Uri uri = fetch::parse_uri(location.uri);
  if (!fetch::is_web(uri)) {
    throw Error(ErrorCode::invalid, "The data's location is not one of an http store");
  }
  return uri;
}

void require_success(unsigned status) {
  if (status < 300) return;
  if (status == 404) throw Error(ErrorCode::not_found, "The image's data is not on its server");
  throw server_error(ErrorCode::invalid, fmt::format("answers with status {}", status));
}

/// Reads a body, or its first `length` bytes.
class HttpReader : public BlobReader {
 public:
  enum class Length { exact, at_most };

  explicit HttpReader(std::unique_ptr<fetch::Response> response) : response_(std::move(response)) {}
  HttpReader(std::unique_ptr<fetch::Response> response, std::uint64_t length, Length kind)
      : response_(std::move(response)), left_(length), kind_(kind) {}

  std::size_t read(MutableBytes space) override {
    if (left_) space = space.first(std::min<std::uint64_t>(space.size(), *left_));
    if (space.empty()) return 0;
    const std::size_t count = without_details([&] { return response_->read(space); });
    if (!left_) return count;
    if (count < space.size() && kind_ == Length::exact) {
      throw server_error(ErrorCode::unavailable, "sends less than it has announced");
    }
    *left_ -= count;
    return count;
  }

 private:
  std::unique_ptr<fetch::Response> response_;  ///< null: there is nothing to read
  std::optional<std::uint64_t> left_;
  Length kind_ = Length::at_most;
};

/// HTTP has no empty ranges: one byte is asked for and not read.
ByteRange asked_for(ByteRange range) {
  if (range.length) range.length = std::max<std::uint64_t>(*range.length, 1);
  return range;
}

/// The part is the range, or all that there is of it.
bool answers(const fetch::ContentRange& content, ByteRange range) {
  if (!content.part || content.part->first != range.offset) return false;
  const std::uint64_t length = content.part->last - content.part->first + 1;
  if (range.length && length >= *range.length) return length == *range.length;
  return !content.total || content.part->last + 1 == *content.total;
}

/// Of a server that has answered with the range.
std::unique_ptr<BlobReader> read_part(std::unique_ptr<fetch::Response> response, ByteRange range) {
  const auto content = fetch::parse_content_range(response->header("Content-Range").value_or(""));
  const bool is_good = content && answers(*content, asked_for(range));
  const std::uint64_t length = is_good ? content->part->last - content->part->first + 1 : 0;
  if (!is_good || response->content_length().value_or(length) != length) {
    throw server_error(ErrorCode::unavailable, "sends another part of it than it was asked for");
  }
  const std::uint64_t wanted = std::min(length, range.length.value_or(length));
  return std::make_unique<HttpReader>(std::move(response), wanted, HttpReader::Length::exact);
}

void skip(fetch::Response& response, std::uint64_t count) {
  std::vector<std::byte> space(std::min<std::uint64_t>(count, std::size_t{256} * 1024));
  while (count > 0) {
    const auto step = std::min<std::uint64_t>(count, space.size());
    if (response.read(MutableBytes(space).first(step)) < step) {
      throw Error(ErrorCode::range_unsatisfiable, "The range starts beyond the end of the data");
    }
    count -= step;
  }
}

/// Of a server that has answered with the whole, though asked for the range.
std::unique_ptr<BlobReader> read_within(std::unique_ptr<fetch::Response> response, ByteRange range) {
  const std::optional<std::uint64_t> size = response->content_length();
  if (size) range.length = stretch_of(range, *size).length;
  without_details([&] { skip(*response, range.offset); });
  if (!range.length) return std::make_unique<HttpReader>(std::move(response));
  const auto kind = size ? HttpReader::Length::exact : HttpReader::Length::at_most;
  return std::make_unique<HttpReader>(std::move(response), *range.length, kind);
}

}  // namespace

HttpDriver::HttpDriver(HttpSettings settings)
    : redirects_(std::move(settings.redirects)), client_(std::move(settings.client)) {}

std::unique_ptr<BlobWriter> HttpDriver::create(const StoreCall&, const BlobName&,
                                               std::optional<std::uint64_t>) {
  throw Error(ErrorCode::gone, "An http store takes no new data");
}

std::unique_ptr<BlobReader> HttpDriver::open(const StoreCall& call, const Location& location,
                                             ByteRange range) {
  const bool is_whole = range.offset == 0 && !range.length;
  const auto asked = is_whole ? std::nullopt : std::optional(asked_for(range));
  std::unique_ptr<fetch::Response> response = ask(call, location, fetch::Method::get, asked);
  if (!is_whole && response->status() == http_status::range_not_satisfiable) {
    return open_refused(call, location, range, *response);
  }
  require_success(response->status());
  if (response->status() == http_status::partial_content) return read_part(std::move(response), range);
  if (is_whole) return std::make_unique<HttpReader>(std::move(response));
  return read_within(std::move(response), range);
}

/// A range that starts at the very end is empty for us, and refused by a server.
std::unique_ptr<BlobReader> HttpDriver::open_refused(const StoreCall& call, const Location& location,
                                                     ByteRange range, const fetch::Response& refusal) {
  const auto content = fetch::parse_content_range(refusal.header("Content-Range").value_or(""));
  const std::uint64_t total = content && content->total ? *content->total : size(call, location);
  if (stretch_of(range, total).length > 0) {
    throw server_error(ErrorCode::unavailable, "refuses to send a part of it");
  }
  return std::make_unique<HttpReader>(nullptr, 0, HttpReader::Length::exact);
}

std::uint64_t HttpDriver::size(const StoreCall& call, const Location& location) {
  try {
    const auto response = ask(call, location, fetch::Method::head, {});
    require_success(response->status());
    return response->content_length().value_or(0);
  } catch (const Error& error) {
    // To Glance a location whose size cannot be had is a bad one.
    if (can_retry(error.code())) throw Error(ErrorCode::invalid, error.what());
    throw;
  }
}

void HttpDriver::remove(const StoreCall&, const Location& location) {
  uri_of(location);
  throw Error(ErrorCode::not_supported, "An http store removes no data from its servers");
}

void HttpDriver::discard(const StoreCall&, const BlobName&) {}

std::unique_ptr<fetch::Response> HttpDriver::ask(const StoreCall& call, const Location& location,
                                                 fetch::Method method, std::optional<ByteRange> range) {
  const fetch::Request request{.method = method,
                               .uri = uri_of(location),
                               .range = range,
                               .reach = call.reach,
                               .deadline = call.deadline,
                               .stop = call.stop};
  const fetch::Redirects redirects{
      .statuses = followed_statuses, .limit = most_redirects, .rule = fetch::outward(redirects_, call.reach)};
  return without_details([&] { return fetch::send_following(client_, request, redirects); });
}

std::unique_ptr<Driver> make_http_driver(const config::Config& config, std::string_view group) {
  return std::make_unique<HttpDriver>(read_http_settings(config, group));
}

}  // namespace vitrine::stores
