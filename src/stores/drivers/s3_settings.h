#pragma once

#include <string_view>
#include <vector>

#include "base/option.h"
#include "config/config.h"
#include "stores/place.h"

namespace vitrine::stores {

inline constexpr Option<std::optional<std::string>> s3_store_host{
    .name = "s3_store_host",
    .group = per_store,
    .help = "URL of the S3 service.",
};

inline constexpr Option<std::optional<std::string>> s3_store_access_key{
    .name = "s3_store_access_key",
    .group = per_store,
    .help = "Access key.",
    .is_secret = true,
};

inline constexpr Option<std::optional<std::string>> s3_store_secret_key{
    .name = "s3_store_secret_key",
    .group = per_store,
    .help = "Secret key.",
    .is_secret = true,
};

inline constexpr Option<std::optional<std::string>> s3_store_bucket{
    .name = "s3_store_bucket",
    .group = per_store,
    .help = "Bucket that holds the images.",
};

OptionList s3_options();

std::vector<config::Finding> check_s3_settings(const config::Config& config, std::string_view group);

/// The bucket at its host, whoever has the keys.
std::vector<Place> s3_places(const config::Config& config, std::string_view group);

}  // namespace vitrine::stores
