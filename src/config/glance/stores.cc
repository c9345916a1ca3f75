#include "config/glance/table.h"

namespace vitrine::config::glance {
namespace {

constexpr Row http[] = {
    {"https_ca_certificates_file", Type::text, unset,
     "Certificates of the authorities that the store's servers are checked against."},
    {"https_insecure", Type::boolean, "true", "Trusts any server certificate, unless authorities are given."},
    {"http_proxy_information", Type::map, "", "Proxies, as scheme:proxy pairs."},
};

constexpr Group groups[] = {
    {per_store, http},
};

}  // namespace

Groups stores() {
  return groups;
}

}  // namespace vitrine::config::glance
