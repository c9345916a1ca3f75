#include "config/glance/table.h"

namespace vitrine::config::glance {
namespace {

constexpr Row removed_rows[] = {
    {"owner_is_tenant",
     Type::boolean,
     "true",
     "Whether images belong to projects; to users they cannot belong any more.",
     {.has_effect = false}},
    {"location_strategy", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"allow_additional_image_properties", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"secure_proxy_ssl_header", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"send_identity_headers", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"data_api", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"enable_v1_api", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"enable_v2_api", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"enable_v1_registry", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"enable_v2_registry", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"registry_host", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"registry_port", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"registry_client_protocol", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"registry_client_key_file", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"registry_client_cert_file", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"registry_client_ca_file", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"registry_client_insecure", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"registry_client_timeout", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"use_user_token", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"admin_user", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"admin_password", Type::text, unset, "Dropped by Glance.", {.is_secret = true, .has_effect = false}},
    {"admin_tenant_name", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"auth_url", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"auth_strategy", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"enforce_secure_rbac", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"use_eventlog", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"watch_log_file", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
    {"auth_region", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
};

constexpr Row removed_database[] = {
    {"mysql_enable_ndb", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
};

constexpr Row removed_healthcheck[] = {
    {"path", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
};

constexpr Row removed_rabbit[] = {
    {"heartbeat_in_pthread", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
};

constexpr Row location_strategy[] = {
    {"store_type_preference",
     Type::text,
     unset,
     "Dropped by Glance; the stores' weight says it instead.",
     {.has_effect = false}},
};

constexpr Row task[] = {
    {"eventlet_executor_pool_size", Type::text, unset, "Dropped by Glance.", {.has_effect = false}},
};

constexpr Row oslo_policy[] = {
    {"enforce_scope",
     Type::text,
     unset,
     "Dropped by Glance: the scope of a token always counts.",
     {.has_effect = false}},
};

constexpr Row sheepdog[] = {
    {"sheepdog_store_chunk_size",
     Type::text,
     unset,
     "Dropped by Glance with the sheepdog store.",
     {.has_effect = false}},
    {"sheepdog_store_port",
     Type::text,
     unset,
     "Dropped by Glance with the sheepdog store.",
     {.has_effect = false}},
    {"sheepdog_store_address",
     Type::text,
     unset,
     "Dropped by Glance with the sheepdog store.",
     {.has_effect = false}},
};

}  // namespace

Groups removed() {
  static constexpr Group groups[] = {
      {"DEFAULT", removed_rows},
      {"database", removed_database},
      {"healthcheck", removed_healthcheck},
      {"oslo_messaging_rabbit", removed_rabbit},
      {"store_type_location_strategy", location_strategy},
      {"task", task},
      {"oslo_policy", oslo_policy},
      {per_store, sheepdog},
  };
  return groups;
}

}  // namespace vitrine::config::glance
