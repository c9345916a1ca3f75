#pragma once

#include "base/option.h"

namespace vitrine::access {

inline constexpr Option<std::optional<std::string>> flavor{
    .name = "flavor",
    .group = "paste_deploy",
    .help =
        "Which pipeline requests go through. Unset: the one without identity, in which everybody is an "
        "administrator.",
};

inline constexpr Option<std::optional<std::string>> paste_config_file{
    .name = "config_file",
    .group = "paste_deploy",
    .help =
        "The paste file. Unset: named after the last configuration file, if there is one. Without a paste "
        "file the "
        "pipelines that Glance ships are built in.",
};

inline constexpr Option<bool> allow_anonymous_access{
    .name = "allow_anonymous_access",
    .help = "Lets callers without an identity read what the policy lets everybody read.",
};

inline constexpr Option<std::optional<std::string>> property_protection_file{
    .name = "property_protection_file",
    .help =
        "File that says which roles may create, read, update and delete which custom properties. Unset: "
        "everybody who may change an image may change them all.",
};

inline constexpr Option<std::string> property_protection_rule_format{
    .name = "property_protection_rule_format",
    .fallback = "roles",
    .help = "What that file names: roles, or rules of the policy.",
    .choices = "roles,policies",
};

inline constexpr Option<bool> enforce_new_defaults{
    .name = "enforce_new_defaults",
    .group = "oslo_policy",
    .fallback = true,
    .help = "Applies only the present default rules, not the older ones beside them.",
};

inline constexpr Option<std::string> policy_file{
    .name = "policy_file",
    .group = "oslo_policy",
    .fallback = "policy.yaml",
    .help = "File with policy rules that differ from the defaults. Looked at for every request.",
};

inline constexpr Option<std::string> policy_default_rule{
    .name = "policy_default_rule",
    .group = "oslo_policy",
    .fallback = "default",
    .help = "Rule that stands for one that does not exist.",
};

inline constexpr Option<MultiText> policy_dirs{
    .name = "policy_dirs",
    .group = "oslo_policy",
    .fallback = "policy.d",
    .help = "Directories with more such files.",
};

inline constexpr Option<std::string> remote_content_type{
    .name = "remote_content_type",
    .group = "oslo_policy",
    .fallback = "application/x-www-form-urlencoded",
    .help = "Media type of questions to a policy server.",
    .choices = "application/x-www-form-urlencoded,application/json",
};

inline constexpr Option<bool> remote_ssl_verify_server_crt{
    .name = "remote_ssl_verify_server_crt",
    .group = "oslo_policy",
    .help = "Checks the certificate of a policy server.",
};

inline constexpr Option<std::optional<std::string>> remote_ssl_ca_crt_file{
    .name = "remote_ssl_ca_crt_file",
    .group = "oslo_policy",
    .help = "Certificates of the authorities that a policy server is checked against. Unset: the system's.",
};

inline constexpr Option<std::optional<std::string>> remote_ssl_client_crt_file{
    .name = "remote_ssl_client_crt_file",
    .group = "oslo_policy",
    .help = "Certificate shown to a policy server.",
};

inline constexpr Option<std::optional<std::string>> remote_ssl_client_key_file{
    .name = "remote_ssl_client_key_file",
    .group = "oslo_policy",
    .help = "Key of that certificate.",
};

inline constexpr Option<double> remote_timeout{
    .name = "remote_timeout",
    .group = "oslo_policy",
    .fallback = 60,
    .help = "Seconds to wait for a policy server.",
    .min = 0,
};

inline constexpr Option<std::optional<std::string>> www_authenticate_uri{
    .name = "www_authenticate_uri",
    .group = "keystone_authtoken",
    .help = "URL of Keystone that clients without a valid token are sent to. Unset: auth_url.",
};

inline constexpr Option<bool> delay_auth_decision{
    .name = "delay_auth_decision",
    .group = "keystone_authtoken",
    .help =
        "Lets allow_anonymous_access decide about requests without a valid token. What the pipeline says "
        "counts more; the ones that Glance ships say true.",
};

inline constexpr Option<TextList> service_token_roles{
    .name = "service_token_roles",
    .group = "keystone_authtoken",
    .fallback = "service",
    .help = "Roles of which the token in X-Service-Token must have one.",
};

inline constexpr Option<bool> service_token_roles_required{
    .name = "service_token_roles_required",
    .group = "keystone_authtoken",
    .fallback = true,
    .help = "Believes no service whose token has none of these roles.",
};

inline constexpr Option<std::optional<std::string>> service_type{
    .name = "service_type",
    .group = "keystone_authtoken",
    .help =
        "Type of this service, image, that access rules of application credentials know it by. Unset: "
        "credentials with access rules are refused.",
};

/// Read only to say that it has no effect.
inline constexpr Option<TextList> memcached_servers{
    .name = "memcached_servers",
    .group = "keystone_authtoken",
    .help = "Accepted without effect: validated tokens are kept in this process.",
    .former = "memcache_servers",
};

OptionList options();

}  // namespace vitrine::access
