#pragma once

#include <string_view>
#include <vector>

#include "base/option.h"
#include "config/config.h"
#include "stores/place.h"

namespace vitrine::stores {

inline constexpr Option<std::string> swift_store_container{
    .name = "swift_store_container",
    .group = per_store,
    .fallback = "glance",
    .help = "Container that holds the images, or the beginning of the containers' names.",
};

inline constexpr Option<bool> swift_store_multi_tenant{
    .name = "swift_store_multi_tenant",
    .group = per_store,
    .fallback = false,
    .help = "Stores images in the account of the project that uploads them.",
};

inline constexpr Option<std::optional<std::string>> swift_store_config_file{
    .name = "swift_store_config_file",
    .group = per_store,
    .help = "File with the accounts, one section each.",
};

inline constexpr Option<std::string> default_swift_reference{
    .name = "default_swift_reference",
    .group = per_store,
    .fallback = "ref1",
    .help = "Section of swift_store_config_file that new images use.",
};

inline constexpr Option<std::optional<std::string>> swift_store_auth_address{
    .name = "swift_store_auth_address",
    .group = per_store,
    .help = "URL of Keystone, when there is no swift_store_config_file.",
    .is_deprecated = true,
};

inline constexpr Option<std::optional<std::string>> swift_store_user{
    .name = "swift_store_user",
    .group = per_store,
    .help = "User as project:user, when there is no swift_store_config_file.",
    .is_secret = true,
    .is_deprecated = true,
};

inline constexpr Option<std::optional<std::string>> swift_store_key{
    .name = "swift_store_key",
    .group = per_store,
    .help = "Password of that user.",
    .is_secret = true,
    .is_deprecated = true,
};

inline constexpr Option<std::optional<std::string>> swift_store_application_credential_id{
    .name = "swift_store_application_credential_id",
    .group = per_store,
    .help = "Application credential, instead of user and password.",
    .is_secret = true,
};

inline constexpr Option<std::optional<std::string>> swift_store_application_credential_secret{
    .name = "swift_store_application_credential_secret",
    .group = per_store,
    .help = "Secret of the application credential.",
    .is_secret = true,
};

OptionList swift_options();

std::vector<config::Finding> check_swift_settings(const config::Config& config, std::string_view group);

/// The container in its account. Of a store in the projects' own accounts only the service is known.
std::vector<Place> swift_places(const config::Config& config, std::string_view group);

}  // namespace vitrine::stores
