#include "config/glance/table.h"

namespace vitrine::config::glance {
namespace {

constexpr Row key_manager_rows[] = {
    {"backend", Type::text, "barbican", "Key manager: barbican or vault.", {.former = "api_class"}},
    {"auth_type",
     Type::text,
     unset,
     "Kind of credential for the key manager; unset: the caller's.",
     {.choices = "token,password,keystone_token,keystone_password"}},
    {"token", Type::text, unset, "Token for the key manager.", {.is_secret = true}},
    {"username", Type::text, unset, "User for the key manager."},
    {"password", Type::text, unset, "Password of that user.", {.is_secret = true}},
    {"auth_url", Type::text, unset, "URL of Keystone."},
    {"user_id", Type::text, unset, "Id of the user for the key manager."},
    {"user_domain_id", Type::text, unset, "Id of that user's domain."},
    {"user_domain_name", Type::text, unset, "Name of that user's domain."},
    {"trust_id", Type::text, unset, "Trust under which the key manager is used."},
    {"domain_id", Type::text, unset, "Id of the domain under which the key manager is used."},
    {"domain_name", Type::text, unset, "Name of the domain under which the key manager is used."},
    {"project_id", Type::text, unset, "Id of the project under which the key manager is used."},
    {"project_name", Type::text, unset, "Name of the project under which the key manager is used."},
    {"project_domain_id", Type::text, unset, "Id of that project's domain."},
    {"project_domain_name", Type::text, unset, "Name of that project's domain."},
    {"reauthenticate", Type::boolean, "true", "Renews a token that ended."},
};

constexpr Row barbican[] = {
    {"barbican_endpoint", Type::text, unset, "URL of Barbican; unset: the one in the catalog."},
    {"barbican_api_version", Type::text, unset, "Version of Barbican's API."},
    {"auth_endpoint",
     Type::text,
     "http://localhost/identity/v3",
     "URL of Keystone.",
     {.former = "key_manager.auth_url"}},
    {"retry_delay", Type::integer, "1", "Seconds between two looks at a key that is being made."},
    {"number_of_retries", Type::integer, "60", "How often such a key is looked for."},
    {"verify_ssl", Type::boolean, "true", "Checks Barbican's certificate."},
    {"verify_ssl_path", Type::text, unset,
     "Certificates of the authorities that Barbican is checked against."},
    {"barbican_endpoint_type",
     Type::text,
     "public",
     "Interface of Barbican in the catalog.",
     {.choices = "public,internal,admin"}},
    {"barbican_region_name", Type::text, unset, "Region of Barbican in the catalog."},
    {"send_service_user_token", Type::boolean, "false",
     "Sends the token of [barbican_service_user] along with the caller's."},
    {"cafile", Type::text, unset, "Certificates of the authorities that Keystone is checked against."},
    {"certfile", Type::text, unset, "Certificate shown to Keystone."},
    {"keyfile", Type::text, unset, "Key of that certificate."},
    {"insecure", Type::boolean, "false", "Trusts any certificate of Keystone."},
    {"timeout", Type::number, unset, "Seconds to wait for an answer."},
    {"collect_timing",
     Type::boolean,
     "false",
     "Measures the calls of a Python library.",
     {.has_effect = false}},
    {"split_loggers", Type::boolean, "false", "Splits the log of a Python library.", {.has_effect = false}},
};

constexpr Row vault[] = {
    {"root_token_id", Type::text, unset, "Root token.", {.is_secret = true}},
    {"auth_method", Type::text, "approle", "How to log in to Vault.", {.choices = "approle,jwt,kubernetes"}},
    {"approle_role_id", Type::text, unset, "Id of the AppRole.", {.is_secret = true}},
    {"approle_secret_id", Type::text, unset, "Secret of the AppRole.", {.is_secret = true}},
    {"token_role", Type::text, unset, "Role for jwt and kubernetes."},
    {"token_file", Type::text, unset, "File with the token for jwt and kubernetes."},
    {"auth_path", Type::text, unset, "Path at which that way to log in is mounted."},
    {"kv_mountpoint", Type::text, "secret", "Path at which the key-value engine is mounted."},
    {"kv_path", Type::text, unset, "Beginning of the keys' paths."},
    {"kv_version", Type::integer, "2", "Version of the key-value engine.", {.min = 1, .max = 2}},
    {"vault_url", Type::text, "http://127.0.0.1:8200", "URL of Vault."},
    {"ssl_ca_crt_file", Type::text, unset, "Certificates of the authorities that Vault is checked against."},
    {"use_ssl",
     Type::boolean,
     "false",
     "Whether TLS is spoken; the URL says it instead.",
     {.has_effect = false}},
    {"namespace", Type::text, unset, "Namespace in Vault."},
    {"timeout", Type::number, "60", "Seconds to wait for Vault."},
};

}  // namespace

Groups key_manager() {
  static constexpr Group groups[] = {
      {"key_manager", key_manager_rows},
      {"barbican", barbican},
      {"vault", vault},
  };
  return groups;
}

}  // namespace vitrine::config::glance
