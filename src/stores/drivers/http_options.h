#pragma once

#include "base/option.h"

/// Options of a store of type `http`.
namespace vitrine::stores {

inline constexpr Option<std::optional<std::string>> https_ca_certificates_file{
    .name = "https_ca_certificates_file",
    .group = per_store,
    .help = "Certificates of the authorities that the store's servers are checked against, in PEM.",
};

inline constexpr Option<bool> https_insecure{
    .name = "https_insecure",
    .group = per_store,
    .fallback = true,
    .help = "Trusts any server certificate, unless https_ca_certificates_file is set.",
};

inline constexpr Option<TextMap> http_proxy_information{
    .name = "http_proxy_information",
    .group = per_store,
    .help =
        "Proxies, as scheme:proxy pairs: http:10.0.0.1:3128, https:10.0.0.1:1080. A proxy may be a URL, too: "
        "http:http://user:password@10.0.0.1:3128.",
};

inline constexpr Option<std::int64_t> http_connect_timeout{
    .name = "http_connect_timeout",
    .group = per_store,
    .fallback = 10,
    .help = "Seconds until connecting to a server of the store is given up.",
    .min = 1,
    .max = 3600,
};

inline constexpr Option<std::int64_t> http_read_timeout{
    .name = "http_read_timeout",
    .group = per_store,
    .fallback = 60,
    .help = "Seconds after which a server of the store that sends nothing is given up.",
    .min = 1,
    .max = 86400,
};

}  // namespace vitrine::stores
