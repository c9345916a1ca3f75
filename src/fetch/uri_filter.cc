#include "fetch/uri_filter.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace vitrine::fetch {
namespace {

using Spelling = std::string (*)(std::string_view);

std::string scheme_in_list(std::string_view text) {
  return to_lower(text);
}

std::string host_in_list(std::string_view text) {
  try {
    return normal_host(text);
  } catch (const Error&) {
    throw Error(ErrorCode::configuration,
                fmt::format("[import_filtering_opts]: \"{}\" is neither a host name nor an address", text));
  }
}

std::string port_in_list(std::string_view text) {
  const auto port = parse_unsigned(text);
  if (!port) {
    throw Error(ErrorCode::configuration, fmt::format("[import_filtering_opts]: \"{}\" is not a port", text));
  }
  return std::to_string(*port);
}

std::vector<std::string> spelt(const TextList& list, Spelling spelling) {
  std::vector<std::string> result;
  for (const std::string& item : list) result.push_back(spelling(item));
  return result;
}

bool holds(const std::vector<std::string>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

UriFilter::UriFilter(const FilterRules& rules)
    : schemes_{"scheme", spelt(rules.schemes.allowed, scheme_in_list),
               spelt(rules.schemes.disallowed, scheme_in_list)},
      hosts_{"host", spelt(rules.hosts.allowed, host_in_list), spelt(rules.hosts.disallowed, host_in_list)},
      ports_{"port", spelt(rules.ports.allowed, port_in_list), spelt(rules.ports.disallowed, port_in_list)} {}

void UriFilter::Rule::check(std::string_view value) const {
  const auto refuse = [&](std::string_view why, std::string_view list) {
    throw Error(ErrorCode::invalid, fmt::format("The URI's {} {} is {} [import_filtering_opts] {}_{}s", part,
                                                value, why, list, part));
  };
  if (!allowed.empty()) {
    if (!holds(allowed, value)) refuse("not in", "allowed");
  } else if (holds(disallowed, value)) {
    refuse("in", "disallowed");
  }
}

void UriFilter::check(const Uri& uri) const {
  schemes_.check(uri.scheme);
  hosts_.check(uri.host);
  if (uri.port) ports_.check(std::to_string(*uri.port));
}

std::vector<std::string> UriFilter::disallowed_hosts() const {
  if (names_hosts()) return {};
  return hosts_.disallowed;
}

UriFilter UriFilter::without_ports() const {
  UriFilter filter = *this;
  filter.ports_.allowed.clear();
  filter.ports_.disallowed.clear();
  return filter;
}

}  // namespace vitrine::fetch
