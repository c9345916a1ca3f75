#include "fetch/admission.h"

#include <fmt/format.h>

#include "base/error.h"

namespace vitrine::fetch {
namespace {

Reach reach_of(const UriFilter& filter, Vicinity vicinity) {
  Reach reach;
  if (vicinity == Vicinity::global) {
    reach.nearest = AddressClass::global;
    reach.advice = "[vitrine] import_from_global_addresses_only refuses it";
  } else if (!filter.names_hosts()) {
    reach.nearest = AddressClass::site;
    reach.advice = "Only [import_filtering_opts] allowed_hosts can let it pass";
  }
  for (const std::string& host : filter.disallowed_hosts()) {
    if (auto address = final_address(host)) reach.refused.push_back(*std::move(address));
  }
  return reach;
}

/// RFC 6761 §6.3: such names lead to this machine, whatever a resolver says.
bool is_localhost(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost");
}

}  // namespace

Admission::Admission(UriFilter filter, Vicinity vicinity)
    : filter_(std::move(filter)), reach_(reach_of(filter_, vicinity)) {}

Reach Admission::admit(const Uri& uri) const {
  if (!is_web(uri)) {
    throw Error(ErrorCode::invalid,
                fmt::format("The URI's scheme {} is not one that data is fetched by. Use http or https.",
                            uri.scheme));
  }
  filter_.check(uri);
  const std::string_view address = is_localhost(uri.host) ? "127.0.0.1" : std::string_view(uri.host);
  if (class_of_ip(address)) {
    if (const auto objection = reach_.objection(address)) {
      throw Error(ErrorCode::invalid, fmt::format("The URI's host {} {}.", uri.host, *objection));
    }
  }
  return reach_;
}

}  // namespace vitrine::fetch
