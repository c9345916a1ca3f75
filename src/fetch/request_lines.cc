#include "fetch/request_lines.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace vitrine::fetch {
namespace {

/// libcurl takes "name:" for a wish to send no such header.
std::string header_line(const Header& header) {
  if (header.value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
    throw Error(ErrorCode::invalid, "The header " + header.name + " would hold a line break");
  }
  return header.value.empty() ? header.name + ";" : header.name + ": " + header.value;
}

}  // namespace

std::string method_name(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::remove:
      return "DELETE";
  }
  throw Error(ErrorCode::internal, "There is no such method");
}

std::string range_text(const ByteRange& range) {
  constexpr auto most = static_cast<std::uint64_t>(INT64_MAX);
  const bool is_open = !range.length || range.offset > most || *range.length > most - range.offset;
  if (is_open) return fmt::format("{}-", range.offset);
  return fmt::format("{}-{}", range.offset, range.offset + *range.length - 1);
}

std::string proxy_text(Uri proxy) {
  if (!proxy.port) proxy.port = proxy.scheme == "https" ? 443 : 80;
  return origin_of(proxy);
}

std::vector<std::string> header_lines(const Request& request, GoAhead go_ahead) {
  std::vector<std::string> lines{"Accept-Encoding: identity"};
  // libcurl asks for a go-ahead by itself, unless it is told not to.
  if (go_ahead == GoAhead::not_awaited) lines.emplace_back("Expect:");
  if (!request.if_range.empty()) lines.push_back(header_line({"If-Range", request.if_range}));
  const auto is_type = [](const Header& header) { return equals_ignoring_case(header.name, "Content-Type"); };
  // No type of content that nobody gave.
  if (std::none_of(request.headers.begin(), request.headers.end(), is_type)) lines.push_back("Content-Type:");
  for (const Header& header : request.headers) lines.push_back(header_line(header));
  return lines;
}

}  // namespace vitrine::fetch
