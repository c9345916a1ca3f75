#include "base/ids.h"

#include <sys/random.h>

#include <array>
#include <cerrno>

#include "base/error.h"

namespace vitrine {
namespace {

constexpr std::string_view uuid_shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

}  // namespace

std::string new_uuid() {
  std::array<unsigned char, 16> random{};
  while (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
    if (errno != EINTR) throw system_error(errno, "read random bytes");
  }
  random[6] = static_cast<unsigned char>((random[6] & 0x0F) | 0x40);
  random[8] = static_cast<unsigned char>((random[8] & 0x3F) | 0x80);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string id(uuid_shape);
  std::size_t nibble = 0;
  for (char& c : id) {
    if (c == '-') continue;
    const unsigned char byte = random[nibble / 2];
    c = digits[nibble % 2 == 0 ? byte >> 4 : byte & 0x0F];
    ++nibble;
  }
  return id;
}

bool is_uuid(std::string_view text) {
  if (text.size() != uuid_shape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (uuid_shape[i] == '-' ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

}  // namespace vitrine
