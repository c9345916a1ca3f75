#pragma once

#include "base/option.h"

namespace vitrine::api {

inline constexpr Option<std::int64_t> limit_param_default{
    .name = "limit_param_default",
    .fallback = 25,
    .help = "How many images a list returns when the request names no limit.",
    .min = 1,
};

inline constexpr Option<std::int64_t> api_limit_max{
    .name = "api_limit_max",
    .fallback = 1000,
    .help = "Most images that one list returns; a larger limit in a request counts as this one.",
    .min = 1,
};

inline constexpr Option<std::optional<std::string>> public_endpoint{
    .name = "public_endpoint",
    .help =
        "Base URL of the service as clients see it, used in version documents. Unset: taken from each "
        "request.",
};

inline constexpr Option<std::int64_t> max_request_id_length{
    .name = "max_request_id_length",
    .fallback = 64,
    .help = "Longest X-OpenStack-Request-ID accepted from a client, in characters; 0: any.",
    .min = 0,
};

inline constexpr Option<TextList> container_formats{
    .name = "container_formats",
    .group = "image_format",
    .fallback = "ami,ari,aki,bare,ovf,ova,docker,compressed",
    .help = "Values that an image's container_format may have.",
    .former = "DEFAULT.container_formats",
};

inline constexpr Option<TextList> disk_formats{
    .name = "disk_formats",
    .group = "image_format",
    .fallback = "ami,ari,aki,vhd,vhdx,vmdk,raw,qcow2,vdi,iso,ploop",
    .help = "Values that an image's disk_format may have.",
    .former = "DEFAULT.disk_formats",
};

inline constexpr Option<TextList> healthcheck_backends{
    .name = "backends",
    .group = "healthcheck",
    .help = "Checks behind /healthcheck. This version knows disable_by_file.",
};

inline constexpr Option<std::optional<std::string>> disable_by_file_path{
    .name = "disable_by_file_path",
    .group = "healthcheck",
    .help = "While this file exists, /healthcheck answers 503, so that load balancers take the node out.",
};

inline constexpr Option<bool> healthcheck_detailed{
    .name = "detailed",
    .group = "healthcheck",
    .fallback = false,
    .help = "Adds the state of every store to the answers of /healthcheck. Never changes their status.",
};

inline constexpr Option<bool> show_image_direct_url{
    .name = "show_image_direct_url",
    .fallback = false,
    .help = "Shows where an image's data lies, as direct_url.",
};

inline constexpr Option<bool> show_multiple_locations{
    .name = "show_multiple_locations",
    .fallback = false,
    .help = "Shows all locations of an image and lets clients change them.",
    .is_deprecated = true,
};

OptionList options();

}  // namespace vitrine::api
