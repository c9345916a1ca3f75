#include "config/glance/table.h"

namespace vitrine::config::glance {
namespace {

constexpr Row oslo_policy[] = {
    {"remote_ssl_verify_server_crt", Type::boolean, "false", "Checks the certificate of a policy server."},
    {"remote_ssl_ca_crt_file", Type::text, unset,
     "Certificates of the authorities that a policy server is checked against."},
    {"remote_ssl_client_crt_file", Type::text, unset, "Certificate shown to a policy server."},
    {"remote_ssl_client_key_file", Type::text, unset, "Key of that certificate."},
    {"remote_timeout", Type::number, "60", "Seconds to wait for a policy server.", {.min = 0}},
};

constexpr Group groups[] = {
    {"oslo_policy", oslo_policy},
};

}  // namespace

Groups policy() {
  return groups;
}

}  // namespace vitrine::config::glance
