#include "fetch/uri.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/text.h"

namespace vitrine::fetch {
namespace {

Error malformed(const std::string& what) {
  return Error(ErrorCode::invalid, "The URI " + what);
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_scheme(std::string_view text) {
  return !text.empty() && is_letter(text.front()) && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

/// The characters that RFC 3986 allows in a path and a query.
bool is_legal_in_target(char c) {
  constexpr std::string_view marks = "-._~!$&'()*+,;=:@/?";
  return is_letter(c) || is_digit(c) || marks.find(c) != std::string_view::npos;
}

std::string legal_target(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_escape =
        text[i] == '%' && i + 2 < text.size() && is_hex_digit(text[i + 1]) && is_hex_digit(text[i + 2]);
    if (is_escape || is_legal_in_target(text[i])) {
      result += text[i];
    } else {
      result += fmt::format("%{:02X}", static_cast<unsigned char>(text[i]));
    }
  }
  return result;
}

std::optional<std::string> normal_address(const std::string& text) {
  char normal[INET6_ADDRSTRLEN];
  in_addr four{};
  if (inet_pton(AF_INET, text.c_str(), &four) == 1) return inet_ntop(AF_INET, &four, normal, sizeof normal);
  in6_addr six{};
  if (inet_pton(AF_INET6, text.c_str(), &six) != 1) return {};
  if (IN6_IS_ADDR_V4MAPPED(&six)) return inet_ntop(AF_INET, &six.s6_addr[12], normal, sizeof normal);
  return inet_ntop(AF_INET6, &six, normal, sizeof normal);
}

/// What inet_aton(3) would take for the last part of an address.
bool is_number(std::string_view label) {
  if (label.starts_with("0x")) {
    return std::all_of(label.begin() + 2, label.end(), is_hex_digit);
  }
  return std::all_of(label.begin(), label.end(), is_digit);
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && std::all_of(label.begin(), label.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '_';
  });
}

std::optional<Credentials> parse_credentials(std::string_view text) {
  if (text.empty()) return {};
  const std::vector<std::string> parts = split(text, ':');
  if (parts.size() != 2) throw malformed("has credentials that are not user:password");
  const std::optional<std::string> user = percent_decode(parts[0]);
  const std::optional<std::string> password = percent_decode(parts[1]);
  const auto is_good = [](const std::optional<std::string>& part) {
    return part && std::none_of(part->begin(), part->end(), is_control);
  };
  if (!is_good(user) || !is_good(password)) throw malformed("has credentials that cannot be decoded");
  return Credentials{*user, *password};
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  if (text.empty()) return {};
  const bool is_number = std::all_of(text.begin(), text.end(), is_digit);
  const std::optional<std::uint64_t> port = is_number ? parse_unsigned(text) : std::nullopt;
  if (!port || *port == 0 || *port > 65535)
    throw malformed("has a port that is not a number from 1 to 65535");
  return static_cast<std::uint16_t>(*port);
}

/// Host and port; an IPv6 address stands in brackets.
void parse_host_and_port(std::string_view text, Uri& uri) {
  const bool is_bracketed = text.starts_with('[');
  const std::size_t end = is_bracketed ? text.find(']') : std::min(text.find(':'), text.size());
  if (end == std::string_view::npos) throw malformed("has a host with only one bracket");
  const std::string_view host = is_bracketed ? text.substr(1, end - 1) : text.substr(0, end);
  const std::string_view rest = text.substr(is_bracketed ? end + 1 : end);
  if (host.empty()) throw malformed("has no host");
  if (is_bracketed && host.find(':') == std::string_view::npos) {
    throw malformed("has brackets around a host that is not an IPv6 address");
  }
  if (!rest.empty() && rest.front() != ':')
    throw malformed("has something other than a port behind its host");
  uri.host = normal_host(host);
  uri.port = parse_port(rest.empty() ? rest : rest.substr(1));
}

bool is_same_origin(const Uri& a, const Uri& b) {
  return a.scheme == b.scheme && a.host == b.host && a.port == b.port;
}

bool has_scheme(std::string_view reference) {
  const auto end = reference.find_first_of(":/?#");
  return end != std::string_view::npos && reference[end] == ':' && is_scheme(reference.substr(0, end));
}

/// Without "." and "..", as RFC 3986 §5.2.4 says. The path starts with a slash.
std::string without_dot_segments(std::string_view path) {
  std::vector<std::string> kept;
  const std::vector<std::string> segments = split(path.substr(1), '/');
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const bool is_up = segments[i] == "..";
    const bool is_dots = is_up || segments[i] == ".";
    const bool is_last = i + 1 == segments.size();
    if (is_up && !kept.empty()) kept.pop_back();
    if (!is_dots) kept.push_back(segments[i]);
    if (is_dots && is_last) kept.emplace_back();  // "/a/." is "/a/"
  }
  return "/" + join(kept, "/");
}

/// RFC 3986 §5.2.2 for a reference without scheme and host. Not Boost.URL's: that decodes escapes such as %2B
/// on the way, and then asks for another resource.
std::string resolve_target(std::string_view base, std::string_view reference) {
  reference = reference.substr(0, reference.find('#'));
  const std::string_view base_path = base.substr(0, base.find('?'));
  const std::string_view path = reference.substr(0, reference.find('?'));
  const std::string query = legal_target(reference.substr(path.size()));
  if (path.empty()) return query.empty() ? std::string(base) : std::string(base_path) + query;
  const std::string_view folder = path.front() == '/' ? "" : base_path.substr(0, base_path.rfind('/') + 1);
  return without_dot_segments(std::string(folder) + legal_target(path)) + query;
}

}  // namespace

std::string normal_host(std::string_view host) {
  if (auto address = normal_address(std::string(host))) return *address;
  std::string name = to_lower(host);
  if (name.ends_with('.')) name.pop_back();
  const std::vector<std::string> labels = split(name, '.');
  if (name.size() > 253 || !std::all_of(labels.begin(), labels.end(), is_label)) {
    throw malformed("has a host that is neither a name nor an address");
  }
  if (is_number(labels.back())) throw malformed("has a host that looks like an address but is not one");
  return name;
}

Uri parse_uri(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), is_control)) throw malformed("holds a control character");
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos || !is_scheme(text.substr(0, scheme_end))) {
    throw malformed("does not begin with a scheme and a host");
  }
  Uri uri;
  uri.scheme = to_lower(text.substr(0, scheme_end));
  text = text.substr(scheme_end + 3);
  text = text.substr(0, text.find('#'));
  const std::string_view authority = text.substr(0, text.find_first_of("/?"));
  const std::string_view target = text.substr(authority.size());
  const std::vector<std::string> parts = split(authority, '@');
  if (parts.size() > 2) throw malformed("has more than one @ before its host");
  if (parts.size() == 2) uri.credentials = parse_credentials(parts.front());
  parse_host_and_port(parts.back(), uri);
  uri.target = legal_target(target);
  if (!uri.target.starts_with('/')) uri.target.insert(0, "/");
  return uri;
}

Uri resolve(const Uri& base, std::string_view reference) {
  if (std::any_of(reference.begin(), reference.end(), is_control)) {
    throw malformed("leads on to one that holds a control character");
  }
  const bool is_absolute = has_scheme(reference);
  if (is_absolute || reference.starts_with("//")) {
    Uri target =
        parse_uri(is_absolute ? std::string(reference) : fmt::format("{}:{}", base.scheme, reference));
    if (!target.credentials && is_same_origin(base, target)) target.credentials = base.credentials;
    return target;
  }
  Uri target = base;
  target.target = resolve_target(base.target, reference);
  return target;
}

bool is_web(const Uri& uri) {
  return uri.scheme == "http" || uri.scheme == "https";
}

std::string origin_of(const Uri& uri) {
  const bool is_ipv6 = uri.host.find(':') != std::string::npos;
  const std::string host = is_ipv6 ? "[" + uri.host + "]" : uri.host;
  return uri.port ? fmt::format("{}://{}:{}", uri.scheme, host, *uri.port)
                  : fmt::format("{}://{}", uri.scheme, host);
}

}  // namespace vitrine::fetch
