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

inline constexpr std::string_view disable_by_file = "disable_by_file";
inline constexpr std::string_view disable_by_files_ports = "disable_by_files_ports";
inline constexpr std::string_view enable_by_files = "enable_by_files";

inline constexpr Option<TextList> healthcheck_backends{
    .name = "backends",
    .group = "healthcheck",
    .help = "Checks behind /healthcheck, any of which makes it answer 503.",
    .choices = "disable_by_file,disable_by_files_ports,enable_by_files",
};

inline constexpr Option<std::optional<std::string>> disable_by_file_path{
    .name = "disable_by_file_path",
    .group = "healthcheck",
    .help =
        "While this file exists, the check disable_by_file has /healthcheck answer 503, so that load "
        "balancers take the node out.",
};

inline constexpr Option<TextList> disable_by_file_paths{
    .name = "disable_by_file_paths",
    .group = "healthcheck",
    .help =
        "Files, as port:path, each of which has the check disable_by_files_ports answer 503 on that port "
        "while it exists.",
};

inline constexpr Option<TextList> enable_by_file_paths{
    .name = "enable_by_file_paths",
    .group = "healthcheck",
    .help = "Files without any of which the check enable_by_files has /healthcheck answer 503.",
};

inline constexpr Option<TextList> allowed_source_ranges{
    .name = "allowed_source_ranges",
    .group = "healthcheck",
    .help = "Networks, as CIDR, from which /healthcheck may be asked; others get 403. Empty: any.",
};

inline constexpr Option<bool> ignore_proxied_requests{
    .name = "ignore_proxied_requests",
    .group = "healthcheck",
    .fallback = false,
    .help = "Answers 403 to health checks that came through a proxy.",
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

inline constexpr Option<TextList> cors_allowed_origin{
    .name = "allowed_origin",
    .group = "cors",
    .help = "Origins of web pages that may use the API, such as https://dashboard.example; * for any.",
};

inline constexpr Option<bool> cors_allow_credentials{
    .name = "allow_credentials",
    .group = "cors",
    .fallback = true,
    .help = "Lets such pages send credentials.",
};

inline constexpr Option<TextList> cors_expose_headers{
    .name = "expose_headers",
    .group = "cors",
    .fallback = "X-Image-Meta-Checksum,X-Auth-Token,X-Subject-Token,X-Service-Token,X-OpenStack-Request-ID",
    .help = "Response headers that such pages may read.",
};

inline constexpr Option<std::int64_t> cors_max_age{
    .name = "max_age",
    .group = "cors",
    .fallback = 3600,
    .help = "Seconds that a browser may keep the answer to a preflight request.",
};

inline constexpr Option<TextList> cors_allow_methods{
    .name = "allow_methods",
    .group = "cors",
    .fallback = "GET,PUT,POST,DELETE,PATCH",
    .help = "Methods that such pages may use.",
};

inline constexpr Option<TextList> cors_allow_headers{
    .name = "allow_headers",
    .group = "cors",
    .fallback =
        "Content-MD5,X-Image-Meta-Checksum,X-Storage-Token,Accept-Encoding,X-Auth-Token,X-Identity-Status,"
        "X-Roles,X-Service-Catalog,X-User-Id,X-Tenant-Id,X-OpenStack-Request-ID",
    .help = "Request headers that such pages may set.",
};

inline constexpr Option<bool> enable_proxy_headers_parsing{
    .name = "enable_proxy_headers_parsing",
    .group = "oslo_middleware",
    .fallback = false,
    .help =
        "Believes the headers Forwarded and X-Forwarded-* about client, scheme, host and prefix. Only behind "
        "a proxy that removes them from what clients send.",
};

OptionList options();

}  // namespace vitrine::api
