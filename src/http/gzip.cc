#include "http/gzip.h"

#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "base/text.h"

namespace vitrine::http {
namespace {

constexpr std::size_t smallest_worth_it = 1024;
constexpr int level = 4;  // higher levels cost twice the time and make JSON hardly smaller
constexpr int gzip_format = 15 + 16;

/// A weight as RFC 9110 §12.4.2 writes it, in thousandths. A broken one counts as refusal.
int weight(std::string_view text) {
  if (text.empty() || (text[0] != '0' && text[0] != '1')) return 0;
  int result = (text[0] - '0') * 1000;
  if (text.size() > 1 && text[1] != '.') return 0;
  int digit_value = 100;
  for (const char digit : text.substr(std::min<std::size_t>(text.size(), 2))) {
    if (digit < '0' || digit > '9') return 0;
    result += (digit - '0') * digit_value;
    digit_value /= 10;
  }
  return std::min(result, 1000);
}

/// The weight of one item such as `gzip;q=0.5`.
int item_weight(std::string_view parameters) {
  for (const std::string& parameter : split(parameters, ';')) {
    const std::string_view text = trim(parameter);
    if (text.starts_with("q=") || text.starts_with("Q=")) return weight(text.substr(2));
  }
  return 1000;
}

bool is_json(const Reply& reply) {
  const std::string* type = reply.headers.find("Content-Type");
  if (type == nullptr) return false;
  return equals_ignoring_case(trim(std::string_view(*type).substr(0, type->find(';'))), "application/json");
}

void vary_by_encoding(Headers& headers) {
  const std::string* vary = headers.find("Vary");
  headers.set("Vary", vary == nullptr ? "Accept-Encoding" : *vary + ", Accept-Encoding");
}

}  // namespace

bool prefers_gzip(std::string_view accept_encoding) {
  std::optional<int> gzip, any, identity;
  for (const std::string& item : split(accept_encoding, ',')) {
    const auto semicolon = item.find(';');
    const std::string name = to_lower(trim(std::string_view(item).substr(0, semicolon)));
    const int value =
        semicolon == std::string::npos ? 1000 : item_weight(std::string_view(item).substr(semicolon + 1));
    if (name == "gzip" || name == "x-gzip") gzip = std::max(gzip.value_or(0), value);
    if (name == "identity") identity = value;
    if (name == "*") any = value;
  }
  const int wanted = gzip.value_or(any.value_or(0));
  return wanted > 0 && wanted >= identity.value_or(0);
}

std::string gzip(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, gzip_format, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw Error(ErrorCode::internal, "zlib cannot start");
  }
  std::string result(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<const Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  const int outcome = deflate(&stream, Z_FINISH);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  if (outcome != Z_STREAM_END) throw Error(ErrorCode::internal, "zlib did not finish");
  return result;
}

void compress(const Request& request, Reply& reply) {
  auto* text = std::get_if<std::string>(&reply.body);
  if (text == nullptr || text->size() < smallest_worth_it || !is_json(reply)) return;
  if (reply.headers.find("Content-Encoding") != nullptr) return;
  vary_by_encoding(reply.headers);
  const std::string* accepted = request.headers.find("Accept-Encoding");
  if (accepted == nullptr || !prefers_gzip(*accepted)) return;
  *text = gzip(*text);
  reply.headers.add("Content-Encoding", "gzip");
}

}  // namespace vitrine::http
