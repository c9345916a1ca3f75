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

OptionList options();

}  // namespace vitrine::access
