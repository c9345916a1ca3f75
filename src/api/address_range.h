#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace vitrine::api {

/// The addresses of a network, written as CIDR (RFC 4632): "10.0.0.0/8", "2001:db8::/32", "192.0.2.1".
class AddressRange {
 public:
  /// Nothing if the text is no network, or has bits set behind its prefix.
  static std::optional<AddressRange> parse(std::string_view text);

  /// False also for what is no address.
  bool contains(std::string_view address) const;

 private:
  AddressRange(std::string network, std::size_t prefix) : network_(std::move(network)), prefix_(prefix) {}

  std::string network_;  ///< the bytes of an address, 4 or 16
  std::size_t prefix_;   ///< how many bits count
};

}  // namespace vitrine::api
