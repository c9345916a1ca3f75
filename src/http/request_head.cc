#include "http/request_head.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <limits>

#include "base/error.h"
#include "base/text.h"

namespace vitrine::http {
namespace {

namespace beast_http = boost::beast::http;
using BeastError = boost::beast::error_code;

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ErrorCode::invalid, "The request is malformed: " + what + ".");
}

/// Fills a Head while Beast checks the grammar. Only the head is ever given to it, so the functions for
/// bodies do nothing.
class Parser : public beast_http::basic_parser<true> {
 public:
  explicit Parser(Head& head) : head_(head) {
    header_limit(std::numeric_limits<std::uint32_t>::max());  // HeadScanner limits
    body_limit(boost::none);
  }

 private:
  using Text = boost::beast::string_view;

  void on_request_impl(beast_http::verb, Text method, Text target, int version, BeastError&) override {
    head_.request.method.assign(method.data(), method.size());
    head_.request.target.assign(target.data(), target.size());
    head_.request.version = static_cast<unsigned>(version);
  }
  void on_field_impl(beast_http::field, Text name, Text value, BeastError&) override {
    head_.request.headers.add(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
  }
  void on_response_impl(int, Text, int, BeastError&) override {}
  void on_header_impl(BeastError&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, BeastError&) override {}
  std::size_t on_body_impl(Text, BeastError&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, Text, BeastError&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text, BeastError&) override { return 0; }
  void on_finish_impl(BeastError&) override {}

  Head& head_;
};

/// RFC 9112 §2.2: empty lines before a request are read over.
std::string_view without_leading_lines(std::string_view bytes) {
  bytes.remove_prefix(std::min(bytes.find_first_not_of("\r\n"), bytes.size()));
  return bytes;
}

const std::string* only(const Headers& headers, std::string_view name) {
  const std::string* found = nullptr;
  for (const auto& [field, value] : headers.all()) {
    if (!equals_ignoring_case(field, name)) continue;
    if (found != nullptr) refuse("there is more than one " + std::string(name) + " header");
    found = &value;
  }
  return found;
}

void read_framing(Head& head) {
  const Request& request = head.request;
  const std::string* coding = only(request.headers, "Transfer-Encoding");
  if (coding == nullptr) return;
  if (request.headers.find("Content-Length") != nullptr)
    refuse("it has both Content-Length and Transfer-Encoding");
  if (request.version < 11) refuse("Transfer-Encoding needs HTTP/1.1");
  if (!equals_ignoring_case(*coding, "chunked")) {
    throw Error(ErrorCode::not_implemented, "The only transfer coding understood here is chunked.");
  }
  head.is_chunked = true;
}

void read_host(const Request& request) {
  if (only(request.headers, "Host") == nullptr && request.version >= 11) refuse("the Host header is missing");
}

/// RFC 9112 §3.2.2: an absolute target's authority takes the place of the Host header.
void strip_authority(Request& request) {
  if (request.target.front() == '/') return;
  const std::string lower = to_lower(std::string_view(request.target).substr(0, 8));
  const std::size_t scheme = lower == "https://" ? 8 : lower.starts_with("http://") ? 7 : 0;
  if (scheme == 0) refuse("the target is neither a path nor an http URL");
  const auto end = std::min(request.target.find_first_of("/?", scheme), request.target.size());
  if (end == scheme) refuse("the target has no host");
  request.headers.set("Host", request.target.substr(scheme, end - scheme));
  request.target.erase(0, end);
  if (request.target.empty() || request.target.front() != '/') request.target.insert(0, "/");
}

}  // namespace

std::optional<std::size_t> HeadScanner::scan(std::string_view input) {
  while (true) {
    const auto end = input.find('\n', line_start_);
    if (end == std::string_view::npos) break;
    if (end == line_start_ || input[end - 1] != '\r') refuse("a line does not end with CR LF");
    const auto line = input.substr(line_start_, end - 1 - line_start_);
    if (end + 1 > limit_) break;
    if (line.empty() && has_begun_) return end + 1;
    if (!line.empty()) check_line(line);
    has_begun_ = has_begun_ || !line.empty();
    line_start_ = end + 1;
  }
  if (input.size() > limit_) {
    throw Error(ErrorCode::headers_too_large,
                "Request line and headers are larger than " + std::to_string(limit_) + " bytes.");
  }
  if (input.size() > line_start_ && input[line_start_] != '\r') check_line(input.substr(line_start_));
  return std::nullopt;
}

void HeadScanner::check_line(std::string_view line) const {
  if (has_begun_) {
    if (line.front() == ' ' || line.front() == '\t') refuse("a header is folded over several lines");
    return;
  }
  // What is no method may be a TLS greeting on a plain port: it would never end with an empty line.
  const bool is_printable = line.front() > ' ' && line.front() < 0x7f;
  if (!is_printable) refuse("it does not begin with a method");
}

void parse_head(std::string_view bytes, Head& head) {
  bytes = without_leading_lines(bytes);
  Parser parser(head);
  BeastError error;
  parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (error) refuse(error.message());
  read_framing(head);
  read_host(head.request);
  strip_authority(head.request);

  if (const auto length = parser.content_length()) head.request.content_length = *length;
  head.request.has_body = head.is_chunked || head.request.content_length.value_or(0) > 0;
  head.keeps_alive = parser.keep_alive() && head.request.version >= 11;
  const std::string* expectation = head.request.headers.find("Expect");
  head.expects_continue = expectation != nullptr && head.request.version >= 11 &&
                          equals_ignoring_case(*expectation, "100-continue");
}

void guess_head(std::string_view bytes, Head& head) {
  bytes = without_leading_lines(bytes);
  Parser parser(head);
  BeastError ignored;
  parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), ignored);
}

}  // namespace vitrine::http
