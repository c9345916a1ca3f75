#include "api/address_range.h"

#include <arpa/inet.h>

#include <array>
#include <cstdint>

#include "base/text.h"

namespace vitrine::api {
namespace {

constexpr std::size_t byte = 8;  // bits

/// An address as bytes, the most significant first; empty if it is none.
std::string bytes_of(std::string_view address) {
  const std::string text(address);
  std::array<char, sizeof(in6_addr)> bytes{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return {bytes.data(), sizeof(in_addr)};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return {bytes.data(), sizeof(in6_addr)};
  return {};
}

/// The address with every bit behind the prefix cleared.
std::string network_of(std::string address, std::size_t prefix) {
  for (std::size_t i = 0; i < address.size(); ++i) {
    const std::size_t counted = prefix > i * byte ? prefix - i * byte : 0;
    if (counted < byte) address[i] = static_cast<char>(address[i] & ~(0xFF >> counted));
  }
  return address;
}

}  // namespace

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
  const auto slash = text.find('/');
  std::string address = bytes_of(text.substr(0, slash));
  const std::size_t all = address.size() * byte;
  const std::optional<std::uint64_t> prefix =
      slash == std::string_view::npos ? all : parse_unsigned(text.substr(slash + 1));
  if (address.empty() || !prefix || *prefix > all || network_of(address, *prefix) != address) return {};
  return AddressRange(std::move(address), *prefix);
}

bool AddressRange::contains(std::string_view address) const {
  const std::string bytes = bytes_of(address);
  return bytes.size() == network_.size() && network_of(bytes, prefix_) == network_;
}

}  // namespace vitrine::api
