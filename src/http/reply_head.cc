#include "http/reply_head.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <iterator>
#include <string_view>

#include "base/text.h"

namespace vitrine::http {
namespace {

struct Phrase {
  unsigned status;
  std::string_view text;
};

constexpr Phrase phrases[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {206, "Partial Content"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Request Entity Too Large"},
    {414, "Request-URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Requested Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Entity"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {507, "Insufficient Storage"},
};

std::string_view phrase_of(unsigned status) {
  const auto* found = std::ranges::find(phrases, status, &Phrase::status);
  return found == std::end(phrases) ? std::string_view("Unknown") : found->text;
}

/// As RFC 9110 §5.6.7 writes a date, in English whatever the locale.
void append_date(std::string& head) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t now = std::time(nullptr);
  std::tm time{};
  gmtime_r(&now, &time);
  fmt::format_to(std::back_inserter(head), "Date: {}, {:02} {} {} {:02}:{:02}:{:02} GMT\r\n",
                 days[static_cast<std::size_t>(time.tm_wday)], time.tm_mday,
                 months[static_cast<std::size_t>(time.tm_mon)], time.tm_year + 1900, time.tm_hour,
                 time.tm_min, time.tm_sec);
}

void append_field(std::string& head, std::string_view name, std::string_view value) {
  const auto start = head.size();
  head.append(name).append(": ").append(value);
  const auto is_break = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
  std::replace_if(head.begin() + static_cast<std::ptrdiff_t>(start), head.end(), is_break, ' ');
  head += "\r\n";
}

/// Fields that describe the connection or the framing, which only the server knows.
bool belongs_to_server(std::string_view name) {
  constexpr std::string_view names[] = {"connection", "content-length", "transfer-encoding", "date",
                                        "keep-alive"};
  return std::ranges::any_of(names,
                             [&](std::string_view other) { return equals_ignoring_case(name, other); });
}

std::optional<std::uint64_t> length_of(const Reply& reply) {
  if (const auto* text = std::get_if<std::string>(&reply.body)) return text->size();
  if (const auto* file = std::get_if<FileRange>(&reply.body)) return file->length;
  return reply.body_size;
}

/// A handler may answer HEAD with the headers alone: the length that it names is then that of the body left
/// out.
std::optional<std::uint64_t> announced_length(const Reply& reply) {
  const std::string* announced = reply.headers.find("Content-Length");
  return announced == nullptr ? std::nullopt : parse_unsigned(*announced);
}

}  // namespace

Frame frame_of(const Request& request, const Reply& reply) {
  Frame frame;
  frame.is_head = request.method == "HEAD";
  if (reply.status == 204 || reply.status == 304) return frame;
  frame.length = length_of(reply);
  if (frame.is_head && frame.length.value_or(0) == 0) {
    if (const auto announced = announced_length(reply)) frame.length = announced;
  }
  if (frame.length) {
    frame.framing = Framing::length;
  } else {
    frame.framing = request.version >= 11 ? Framing::chunked : Framing::until_close;
  }
  return frame;
}

bool asks_to_close(const Reply& reply) {
  const std::string* connection = reply.headers.find("Connection");
  return connection != nullptr && equals_ignoring_case(*connection, "close");
}

std::string reply_head(const Reply& reply, const Frame& frame, bool closes) {
  std::string head;
  head.reserve(512);
  fmt::format_to(std::back_inserter(head), "HTTP/1.1 {} {}\r\n", reply.status, phrase_of(reply.status));
  for (const auto& [name, value] : reply.headers.all()) {
    if (!belongs_to_server(name)) append_field(head, name, value);
  }
  append_date(head);
  if (frame.framing == Framing::length)
    fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", *frame.length);
  if (frame.framing == Framing::chunked) head += "Transfer-Encoding: chunked\r\n";
  if (closes) head += "Connection: close\r\n";
  head += "\r\n";
  return head;
}

}  // namespace vitrine::http
