#pragma once

#include <sys/socket.h>

#include <optional>
#include <string>
#include <string_view>

namespace vitrine::fetch {

/// How far away an address is, the nearest first: what this machine and its links alone reach, what the
/// operator's networks reach, what the Internet reaches. Metadata services of clouds count as local.
enum class AddressClass { local, site, global };

std::string_view to_string(AddressClass address_class);

/// An IPv6 address that stands for an IPv4 one is classed as that one. Nothing if the text is not an IP
/// address.
std::optional<AddressClass> class_of_ip(std::string_view text);

/// The address in one spelling, inet_ntop(3)'s; of an IPv6 address that stands for an IPv4 one, that one.
/// Nothing if the text is not an IP address.
std::optional<std::string> final_address(std::string_view text);

/// As inet_ntop(3) writes it; empty for anything but IPv4 and IPv6.
std::string ip_text(const sockaddr& address);

}  // namespace vitrine::fetch
