#include "fetch/options.h"

namespace vitrine::fetch {

OptionList options() {
  return {&allowed_schemes,  &disallowed_schemes, &allowed_hosts,
          &disallowed_hosts, &allowed_ports,      &disallowed_ports};
}

UriFilter filter_of(const config::Config& config) {
  return UriFilter({.schemes = {config.get(allowed_schemes), config.get(disallowed_schemes)},
                    .hosts = {config.get(allowed_hosts), config.get(disallowed_hosts)},
                    .ports = {config.get(allowed_ports), config.get(disallowed_ports)}});
}

}  // namespace vitrine::fetch
