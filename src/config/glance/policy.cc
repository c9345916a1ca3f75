#include "config/glance/table.h"

namespace vitrine::config::glance {
namespace {

constexpr Row oslo_policy[] = {
    {"enforce_new_defaults", Type::boolean, "true",
     "Applies only the present default rules, not the older ones beside them."},
    {"policy_file", Type::text, "policy.yaml", "File with policy rules that differ from the defaults."},
    {"policy_default_rule", Type::text, "default", "Rule that stands for one that does not exist."},
    {"policy_dirs", Type::multi, "policy.d", "Directories with more such files."},
    {"remote_content_type",
     Type::text,
     "application/x-www-form-urlencoded",
     "Media type of questions to a policy server.",
     {.choices = "application/x-www-form-urlencoded,application/json"}},
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
