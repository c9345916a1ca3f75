#include "access/options.h"

namespace vitrine::access {

OptionList options() {
  return {&flavor,
          &paste_config_file,
          &allow_anonymous_access,
          &property_protection_file,
          &property_protection_rule_format,
          &enforce_new_defaults,
          &policy_file,
          &policy_default_rule,
          &policy_dirs,
          &remote_content_type,
          &remote_ssl_verify_server_crt,
          &remote_ssl_ca_crt_file,
          &remote_ssl_client_crt_file,
          &remote_ssl_client_key_file,
          &remote_timeout,
          &www_authenticate_uri,
          &delay_auth_decision,
          &service_token_roles,
          &service_token_roles_required,
          &service_type,
          &memcached_servers};
}

}  // namespace vitrine::access
