#include "fetch/address_class.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstdint>
#include <string>

namespace vitrine::fetch {
namespace {

constexpr std::uint32_t ipv4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

struct Ipv4Block {
  std::uint32_t address;
  int bits;
  AddressClass address_class;
};

// IANA's registry of special-purpose addresses. The first block that fits counts.
constexpr Ipv4Block ipv4_blocks[] = {
    {ipv4(0, 0, 0, 0), 8, AddressClass::local},           // "this network"
    {ipv4(127, 0, 0, 0), 8, AddressClass::local},         // loopback
    {ipv4(169, 254, 0, 0), 16, AddressClass::local},      // link-local, and most metadata services
    {ipv4(100, 100, 100, 200), 32, AddressClass::local},  // a metadata service
    {ipv4(224, 0, 0, 0), 3, AddressClass::local},         // multicast, reserved, broadcast
    {ipv4(10, 0, 0, 0), 8, AddressClass::site},           // private
    {ipv4(172, 16, 0, 0), 12, AddressClass::site},        // private
    {ipv4(192, 168, 0, 0), 16, AddressClass::site},       // private
    {ipv4(100, 64, 0, 0), 10, AddressClass::site},        // carrier-grade NAT
    {ipv4(192, 0, 0, 0), 24, AddressClass::site},         // protocol assignments
    {ipv4(198, 18, 0, 0), 15, AddressClass::site},        // benchmarks
    {ipv4(192, 0, 2, 0), 24, AddressClass::site},         // documentation
    {ipv4(198, 51, 100, 0), 24, AddressClass::site},      // documentation
    {ipv4(203, 0, 113, 0), 24, AddressClass::site},       // documentation
};

AddressClass class_of_ipv4(std::uint32_t address) {
  for (const Ipv4Block& block : ipv4_blocks) {
    if ((address ^ block.address) >> (32 - block.bits) == 0) return block.address_class;
  }
  return AddressClass::global;
}

std::string ipv4_text(std::uint32_t address) {
  return fmt::format("{}.{}.{}.{}", address >> 24, address >> 16 & 0xff, address >> 8 & 0xff, address & 0xff);
}

/// The halves of an IPv6 address as numbers.
struct Ipv6 {
  std::uint64_t high;
  std::uint64_t low;
};

struct Ipv6Block {
  Ipv6 address;
  int bits;
  AddressClass address_class;
};

constexpr Ipv6Block ipv6_blocks[] = {
    {{0xfe80'0000'0000'0000, 0}, 10, AddressClass::local},       // link-local
    {{0xff00'0000'0000'0000, 0}, 8, AddressClass::local},        // multicast
    {{0xfd00'0ec2'0000'0000, 0x254}, 128, AddressClass::local},  // a metadata service
    {{0xfd20'00ce'0000'0000, 0x254}, 128, AddressClass::local},  // a metadata service
    {{0xfc00'0000'0000'0000, 0}, 7, AddressClass::site},         // unique local
    {{0xfec0'0000'0000'0000, 0}, 10, AddressClass::site},        // site-local
    {{0x0100'0000'0000'0000, 0}, 64, AddressClass::site},        // discarded
    {{0x2001'0000'0000'0000, 0}, 32, AddressClass::site},        // Teredo
    {{0x2001'0db8'0000'0000, 0}, 32, AddressClass::site},        // documentation
};

bool is_in(const Ipv6& address, const Ipv6Block& block) {
  const std::uint64_t high = address.high ^ block.address.high;
  const std::uint64_t low = address.low ^ block.address.low;
  if (block.bits <= 64) return high >> (64 - block.bits) == 0;
  return high == 0 && low >> (128 - block.bits) == 0;
}

/// The IPv4 address that packets to this one reach in the end.
std::optional<std::uint32_t> inner_ipv4(const Ipv6& address) {
  const std::uint64_t above_last_four = address.low >> 32;
  const bool is_mapped = address.high == 0 && above_last_four == 0xffff;
  const bool is_compatible = address.high == 0 && above_last_four == 0;  // "::" and "::1", too
  const bool is_nat64 = address.high == 0x0064'ff9b'0000'0000 && above_last_four == 0;
  if (is_mapped || is_compatible || is_nat64) return static_cast<std::uint32_t>(address.low);
  const bool is_6to4 = address.high >> 48 == 0x2002;
  if (is_6to4) return static_cast<std::uint32_t>(address.high >> 16);
  return {};
}

Ipv6 numbers_of(const in6_addr& bytes) {
  Ipv6 address{0, 0};
  for (int i = 0; i < 8; ++i) address.high = address.high << 8 | bytes.s6_addr[i];
  for (int i = 8; i < 16; ++i) address.low = address.low << 8 | bytes.s6_addr[i];
  return address;
}

AddressClass class_of_ipv6(const in6_addr& bytes) {
  const Ipv6 address = numbers_of(bytes);
  if (const auto inner = inner_ipv4(address)) return class_of_ipv4(*inner);
  const bool is_nat64_of_site = address.high >> 16 == 0x0064'ff9b'0001;  // RFC 8215
  if (is_nat64_of_site) {
    return std::min(AddressClass::site, class_of_ipv4(static_cast<std::uint32_t>(address.low)));
  }
  for (const Ipv6Block& block : ipv6_blocks) {
    if (is_in(address, block)) return block.address_class;
  }
  return AddressClass::global;
}

}  // namespace

std::string_view to_string(AddressClass address_class) {
  switch (address_class) {
    case AddressClass::local:
      return "local";
    case AddressClass::site:
      return "site";
    case AddressClass::global:
      break;
  }
  return "global";
}

std::optional<AddressClass> class_of_ip(std::string_view text) {
  const std::string address(text);
  in_addr four{};
  if (inet_pton(AF_INET, address.c_str(), &four) == 1) return class_of_ipv4(ntohl(four.s_addr));
  in6_addr six{};
  if (inet_pton(AF_INET6, address.c_str(), &six) == 1) return class_of_ipv6(six);
  return {};
}

std::optional<std::string> final_address(std::string_view text) {
  const std::string address(text);
  in_addr four{};
  if (inet_pton(AF_INET, address.c_str(), &four) == 1) return ipv4_text(ntohl(four.s_addr));
  in6_addr six{};
  if (inet_pton(AF_INET6, address.c_str(), &six) != 1) return {};
  if (const auto inner = inner_ipv4(numbers_of(six))) return ipv4_text(*inner);
  char normal[INET6_ADDRSTRLEN];
  return inet_ntop(AF_INET6, &six, normal, sizeof normal);
}

std::string ip_text(const sockaddr& address) {
  char text[INET6_ADDRSTRLEN];
  const char* end = nullptr;
  if (address.sa_family == AF_INET) {
    const auto& four = reinterpret_cast<const sockaddr_in&>(address);
    end = inet_ntop(AF_INET, &four.sin_addr, text, sizeof text);
  } else if (address.sa_family == AF_INET6) {
    const auto& six = reinterpret_cast<const sockaddr_in6&>(address);
    end = inet_ntop(AF_INET6, &six.sin6_addr, text, sizeof text);
  }
  return end ? end : "";
}

}  // namespace vitrine::fetch
