#include "config/glance/table.h"

namespace vitrine::config::glance {
namespace {

constexpr Row keystone_authtoken[] = {
    {"auth_version", Type::text, unset, "Version of the identity API; unset: the newest in common."},
    {"cache", Type::text, unset, "Name of a cache object in the WSGI environment.", {.has_effect = false}},
    {"memcache_security_strategy",
     Type::text,
     "None",
     "Signs (MAC) or encrypts what is kept in memcached.",
     {.choices = "None,MAC,ENCRYPT", .any_case = true}},
    {"memcache_secret_key", Type::text, unset, "Key for that.", {.is_secret = true}},
    {"memcache_tls_enabled", Type::boolean, "false", "Speaks TLS with memcached."},
    {"memcache_tls_cafile", Type::text, unset,
     "Certificates of the authorities that memcached is checked against."},
    {"memcache_tls_certfile", Type::text, unset, "Certificate shown to memcached."},
    {"memcache_tls_keyfile", Type::text, unset, "Key of that certificate."},
    {"memcache_tls_allowed_ciphers", Type::text, unset, "Ciphers for memcached, as OpenSSL lists them."},
    {"memcache_pool_dead_retry", Type::integer, "300",
     "Seconds that an unreachable memcached server is left alone."},
    {"memcache_pool_maxsize", Type::integer, "10", "Most connections to one memcached server."},
    {"memcache_pool_socket_timeout", Type::integer, "3", "Seconds to wait for memcached."},
    {"memcache_pool_unused_timeout", Type::integer, "60",
     "Seconds after which an unused connection to memcached is closed."},
    {"memcache_pool_conn_get_timeout", Type::integer, "10",
     "Seconds to wait for a free connection to memcached."},
    {"memcache_use_advanced_pool", Type::boolean, "true", "Keeps connections to memcached open."},
    {"include_service_catalog", Type::boolean, "true",
     "Asks Keystone for the service catalog with each token."},
    {"enforce_token_bind", Type::text, "permissive", "How tokens that are bound to a client are checked."},
    {"memcache_sasl_enabled", Type::boolean, "false", "Logs in to memcached."},
    {"memcache_username", Type::text, "", "User for memcached."},
    {"memcache_password", Type::text, "", "Password for memcached.", {.is_secret = true}},
    {"timeout", Type::integer, unset, "Seconds to wait for Keystone in sessions of trusts."},
};

constexpr Row oslo_limit[] = {
    {"collect_timing",
     Type::boolean,
     "false",
     "Measures the calls of a Python library.",
     {.has_effect = false}},
    {"split_loggers", Type::boolean, "false", "Splits the log of a Python library.", {.has_effect = false}},
    {"service_type", Type::text, unset, "Service type of Keystone in the catalog."},
    {"service_name", Type::text, unset, "Name of Keystone in the catalog."},
    {"endpoint_override", Type::text, unset, "URL of Keystone, instead of the one in the catalog."},
    {"version", Type::text, unset, "Version of the identity API."},
    {"min_version", Type::text, unset, "Lowest version of the identity API."},
    {"max_version", Type::text, unset, "Highest version of the identity API."},
    {"connect_retry_delay", Type::number, unset, "Seconds before such a try."},
    {"status_code_retries", Type::integer, unset,
     "How often a request that got one of retriable_status_codes is tried again."},
    {"status_code_retry_delay", Type::number, unset, "Seconds before such a try."},
    {"retriable_status_codes",
     Type::list,
     unset,
     "HTTP statuses after which a request is tried again.",
     {.min = 0}},
};

constexpr Row barbican_service_user[] = {
    {"cafile", Type::text, unset, "Certificates of the authorities that Keystone is checked against."},
    {"certfile", Type::text, unset, "Certificate shown to Keystone."},
    {"keyfile", Type::text, unset, "Key of that certificate."},
    {"insecure", Type::boolean, "false", "Trusts any certificate of Keystone."},
    {"timeout", Type::number, unset, "Seconds to wait for Keystone."},
    {"collect_timing",
     Type::boolean,
     "false",
     "Measures the calls of a Python library.",
     {.has_effect = false}},
    {"split_loggers", Type::boolean, "false", "Splits the log of a Python library.", {.has_effect = false}},
};

constexpr Row credentials[] = {
    // The options of keystoneauth's plugins, the same wherever this service logs in to Keystone.
    {"auth_type",
     Type::text,
     unset,
     "How this service proves to Keystone who it is: password, v3password, v3applicationcredential or "
     "v3token.",
     {.former = "auth_plugin"}},
    {"auth_section", Type::text, unset, "Another section that holds the options below."},
    {"auth_url", Type::text, unset, "URL of Keystone."},
    {"username", Type::text, unset, "Name of this service's user.", {.former = "user_name"}},
    {"user_id", Type::text, unset, "Id of that user."},
    {"password", Type::text, unset, "Password of that user.", {.is_secret = true}},
    {"user_domain_name", Type::text, unset, "Name of that user's domain."},
    {"user_domain_id", Type::text, unset, "Id of that user's domain."},
    {"project_name", Type::text, unset, "Name of the project the token is for.", {.former = "tenant_name"}},
    {"project_id", Type::text, unset, "Id of the project the token is for.", {.former = "tenant_id"}},
    {"project_domain_name", Type::text, unset, "Name of that project's domain."},
    {"project_domain_id", Type::text, unset, "Id of that project's domain."},
    {"domain_id", Type::text, unset, "Id of the domain the token is for."},
    {"domain_name", Type::text, unset, "Name of the domain the token is for."},
    {"system_scope", Type::text, unset, "\"all\" for a token for the whole system."},
    {"trust_id", Type::text, unset, "Trust the token is for."},
    {"default_domain_id", Type::text, unset,
     "Id of the domain of user and project, where none is given for them."},
    {"default_domain_name", Type::text, unset,
     "Name of the domain of user and project, where none is given for them."},
    {"application_credential_id", Type::text, unset, "Id of an application credential."},
    {"application_credential_name", Type::text, unset, "Name of an application credential of that user."},
    {"application_credential_secret",
     Type::text,
     unset,
     "Secret of the application credential.",
     {.is_secret = true}},
    {"token", Type::text, unset, "Token to be exchanged for another one.", {.is_secret = true}},
};

}  // namespace

Groups keystone() {
  static constexpr Group groups[] = {
      {"keystone_authtoken", keystone_authtoken},
      {"oslo_limit", oslo_limit},
      {"barbican_service_user", barbican_service_user},
      {"barbican_service_user", credentials},
  };
  return groups;
}

}  // namespace vitrine::config::glance
