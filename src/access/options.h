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

OptionList options();

}  // namespace vitrine::access
