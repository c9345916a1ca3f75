#include "fetch/download.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "fetch/content_range.h"
#include "fetch/redirects.h"

namespace vitrine::fetch {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr unsigned followed_statuses[] = {301, 302, 303, 307, 308};
constexpr unsigned most_redirects = 10;
/// A chunk is handed on when it is full, or this old: whoever waits for it wants to see that something comes.
constexpr std::chrono::milliseconds fill_time{500};

constexpr unsigned ok = 200;
constexpr unsigned non_authoritative = 203;  // what some proxies make of it
constexpr unsigned partial_content = 206;
constexpr unsigned range_not_satisfiable = 416;

bool may_get_better(unsigned status) {
  constexpr unsigned request_timeout = 408;
  constexpr unsigned too_many_requests = 429;
  constexpr unsigned not_implemented = 501;
  constexpr unsigned version_not_supported = 505;
  if (status == request_timeout || status == too_many_requests) return true;
  return status >= 500 && status != not_implemented && status != version_not_supported;
}

Error server_error(ErrorCode code, const Request& request, const std::string& what) {
  return Error(code, fmt::format("{} {}", origin_of(request.uri), what));
}

/// The content as it is on its way would be stored as the image.
void require_plain(const Request& request, const Response& response) {
  const std::string_view encoding = response.header("Content-Encoding").value_or("");
  if (encoding.empty() || equals_ignoring_case(encoding, "identity")) return;
  throw server_error(ErrorCode::invalid, request,
                     "encodes the data on its way, though it was asked not to. Use a server that does not.");
}

}  // namespace

Download::Download(Client& client, const Admission& admission, threads::BufferPool& buffers,
                   const PatienceSettings& patience, DownloadRequest request)
    : client_(client),
      admission_(admission),
      buffers_(buffers),
      request_(std::move(request)),
      patience_(patience) {
  connect();
}

Chunk Download::read() {
  const auto full_at = SteadyClock::now() + fill_time;
  threads::Buffer buffer;
  std::size_t filled = 0;
  while (!is_complete()) {
    if (!response_) {
      if (filled > 0) break;
      buffer = {};  // others may use it while this waits
      connect();
      continue;
    }
    if (!buffer) buffer = buffers_.take(request_.deadline, request_.stop);
    const bool is_old = filled > 0 && SteadyClock::now() >= full_at;
    if (filled == buffer.capacity() || is_old) break;
    try {
      filled += pull(buffer.space().subspan(filled));
    } catch (const Error& error) {
      break_off(error);
    }
  }
  return filled > 0 ? buffer.freeze(filled) : Chunk();
}

/// Asks until something comes, or nothing more can.
void Download::connect() {
  while (!response_ && !is_complete()) {
    if (setback_) wait_after(*std::exchange(setback_, {}));
    try {
      ask();
    } catch (const Error& error) {
      break_off(error);
    }
  }
}

/// What broke is asked for where it came from; if that fails, by the URI as it was given, which may lead to
/// another server by now; then there again, and so on.
void Download::ask() {
  const unsigned failures = patience_.failures();
  const bool goes_to_source = received_ > 0 && (failures == 0 || failures % 2 == 1);
  Request request;
  request.uri = goes_to_source ? source_.uri : request_.uri;
  request.headers = goes_to_source ? source_.headers : request_.headers;
  request.deadline = request_.deadline;
  request.stop = request_.stop;
  request.reach = admission_.admit(request.uri);
  if (received_ > 0 && asks_for_parts_) {
    request.range = ByteRange{received_, {}};
    request.if_range = version_.if_range();
  }
  const Redirects redirects{
      .statuses = followed_statuses, .limit = most_redirects, .rule = admitted(admission_)};
  std::unique_ptr<Response> response = follow(client_, request, redirects);
  take(request, *response);
  if (is_over_) return;
  source_ = std::move(request);
  response_ = std::move(response);
}

void Download::take(const Request& request, Response& response) {
  const unsigned status = response.status();
  if (status == partial_content && request.range) {
    take_part(request, response);
  } else if (status == ok || status == non_authoritative) {
    take_whole(request, response);
  } else if (status == range_not_satisfiable && request.range) {
    take_refusal_of_range(response);
  } else {
    refuse(request, response);
  }
}

/// Also of a server that was asked for a part, and sends none of anything or none of another version.
void Download::take_whole(const Request& request, Response& response) {
  require_plain(request, response);
  const std::optional<std::uint64_t> length = response.content_length();
  if (size_ && length && *length != *size_) throw other_data(request);
  if (received_ > 0) {
    if (!version_.is_of(response)) throw other_data(request);
    skip_received(response);
  } else {
    version_ = Version(response);
  }
  if (!size_) size_ = length;
  left_ = length;
  if (left_) *left_ -= std::min(*left_, received_);
}

void Download::take_part(const Request& request, const Response& response) {
  require_plain(request, response);
  const auto content = parse_content_range(response.header("Content-Range").value_or(""));
  const std::uint64_t length = content && content->part ? content->part->last - content->part->first + 1 : 0;
  const bool is_asked_one = length > 0 && content->part->first == received_;
  if (!is_asked_one || response.content_length().value_or(length) != length) {
    throw server_error(ErrorCode::invalid, request,
                       "sends another part of the data than it was asked for, or contradicts itself");
  }
  const std::optional<std::uint64_t> total = content->total ? content->total : size_;
  if (!total) throw server_error(ErrorCode::invalid, request, "does not say how much data there is");
  if (version_.is_contradicted_by(response) || size_.value_or(*total) != *total) throw other_data(request);
  size_ = total;
  left_ = length;
}

/// That part begins where the data ends, or the server knows nothing of parts; then the whole may be had.
void Download::take_refusal_of_range(const Response& response) {
  const auto content = parse_content_range(response.header("Content-Range").value_or(""));
  if (!size_ && content && content->total == received_) {
    size_ = received_;
    is_over_ = true;
    return;
  }
  asks_for_parts_ = false;
  throw Error(ErrorCode::unavailable, "The server does not send the rest of the data by itself");
}

void Download::refuse(const Request& request, const Response& response) {
  const unsigned status = response.status();
  if (may_get_better(status)) {
    const Timestamp now = SystemClock().now();
    asked_pause_ = parse_retry_after(response.header("Retry-After").value_or(""), now);
  }
  // A place that a redirect has led to may be gone while the URI leads on to another.
  const bool can_retry = may_get_better(status) || (received_ > 0 && !is_original(request));
  throw server_error(can_retry ? ErrorCode::unavailable : ErrorCode::invalid, request,
                     fmt::format("answers with status {}", status));
}

void Download::skip_received(Response& response) const {
  std::vector<std::byte> space(std::size_t{64} * 1024);
  for (std::uint64_t left = received_; left > 0;) {
    const std::size_t count =
        response.read_some(MutableBytes(space).first(std::min<std::uint64_t>(left, space.size())));
    if (count == 0) throw Error(ErrorCode::unavailable, "The server sends less than it did before");
    left -= count;
  }
}

/// 0 if there was nothing any more.
std::size_t Download::pull(MutableBytes space) {
  if (left_) space = space.first(std::min<std::uint64_t>(space.size(), *left_));
  const std::size_t count = space.empty() ? 0 : response_->read_some(space);
  if (count == 0) {
    end_body();
    return 0;
  }
  if (size_ && count > *size_ - received_) {
    throw server_error(ErrorCode::invalid, source_, "sends more than it has announced");
  }
  patience_.restore();
  received_ += count;
  if (left_) *left_ -= count;
  return count;
}

void Download::end_body() {
  response_.reset();
  if (!size_) {
    size_ = received_;
    is_over_ = true;
  } else if (left_ != 0u) {  // it is 0 at the end of a part that is not the last one
    throw server_error(ErrorCode::unavailable, source_, "sends less than it has announced");
  }
}

void Download::break_off(const Error& error) {
  response_.reset();
  left_.reset();
  setback_ = error;
}

/// Returns when the next attempt is due; throws if there is to be none.
void Download::wait_after(const Error& error) {
  if (!can_retry(error.code())) throw final_error(error);
  if (received_ > 0 && !version_.is_known()) {
    throw final_error(Error(error.code(), fmt::format("{}; it cannot be gone on with, as the server does not "
                                                      "name the version of its data",
                                                      error.what())));
  }
  const auto time = patience_.next_pause(std::exchange(asked_pause_, {}));
  const bool has_time = time && SteadyClock::now() + *time < request_.deadline;
  if (!has_time) throw final_error(error);
  log::info("Download from {} is tried again at byte {} in {} ms: {}", origin_of(request_.uri), received_,
            time->count(), error.what());
  pause(*time, request_.stop);
}

/// Another server of the same URI may well have another version, so the one that had this one is asked again.
Error Download::other_data(const Request& request) const {
  const bool is_source = received_ == 0 || request.uri == source_.uri;
  return server_error(is_source ? ErrorCode::invalid : ErrorCode::unavailable, request,
                      "has other data now than when the download began. Start again.");
}

Error Download::final_error(const Error& error) const {
  std::string message = error.what();
  if (patience_.failures() > 1) message += fmt::format("; given up after {} attempts", patience_.failures());
  if (received_ > 0 && size_) {
    message += fmt::format("; {} of {} bytes were received", received_, *size_);
  } else if (received_ > 0) {
    message += fmt::format("; {} bytes were received", received_);
  }
  return Error(error.code(), message);
}

Downloader::Downloader(DownloadSettings settings, const Admission& admission, threads::BufferPool& buffers)
    : settings_(std::move(settings)), admission_(admission), buffers_(buffers), client_(settings_.client) {}

std::unique_ptr<Download> Downloader::open(DownloadRequest request) {
  if (settings_.total_timeout.count() > 0) {
    request.deadline = std::min(request.deadline, deadline_in(settings_.total_timeout));
  }
  return std::make_unique<Download>(client_, admission_, buffers_, settings_.patience, std::move(request));
}

std::unique_ptr<Response> Downloader::ask(const DownloadRequest& request) {
  return send_following(
      client_,
      {.uri = request.uri,
       .headers = request.headers,
       .reach = admission_.admit(request.uri),
       .deadline = request.deadline,
       .stop = request.stop},
      {.statuses = followed_statuses, .limit = most_redirects, .rule = admitted(admission_)});
}

}  // namespace vitrine::fetch
