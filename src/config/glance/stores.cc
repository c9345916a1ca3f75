#include "config/glance/table.h"

namespace vitrine::config::glance {
namespace {

constexpr Row glance_store[] = {
    {"default_backend", Type::text, unset,
     "Id of the store for data for which none is named; needed with enabled_backends."},
};

constexpr Row any_store[] = {
    {"store_description", Type::text, unset, "Text that the list of stores shows for this one."},
    {"weight", Type::integer, "0", "Stores with a larger weight are preferred for reading."},
};

constexpr Row http[] = {
    {"https_ca_certificates_file", Type::text, unset,
     "Certificates of the authorities that the store's servers are checked against."},
    {"https_insecure", Type::boolean, "true", "Trusts any server certificate, unless authorities are given."},
    {"http_proxy_information", Type::map, "", "Proxies, as scheme:proxy pairs."},
};

constexpr Group groups[] = {
    {"glance_store", glance_store},
    {per_store, any_store},
    {per_store, http},
};

}  // namespace

Groups stores() {
  return groups;
}

}  // namespace vitrine::config::glance
