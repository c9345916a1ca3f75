#pragma once

#include "base/option.h"
#include "config/config.h"
#include "fetch/uri_filter.h"

/// The options that say what may be fetched.
namespace vitrine::fetch {

inline constexpr Option<TextList> allowed_schemes{
    .name = "allowed_schemes",
    .group = "import_filtering_opts",
    .fallback = "http,https",
    .help = "Schemes of URIs that web-download accepts; if any is given, disallowed_schemes does not count.",
    .needs_brackets = true,
};

inline constexpr Option<TextList> disallowed_schemes{
    .name = "disallowed_schemes",
    .group = "import_filtering_opts",
    .help = "Schemes that web-download refuses.",
    .needs_brackets = true,
};

inline constexpr Option<TextList> allowed_hosts{
    .name = "allowed_hosts",
    .group = "import_filtering_opts",
    .help = "Hosts that web-download accepts; if any is given, disallowed_hosts does not count.",
    .needs_brackets = true,
    .is_host = true,
};

inline constexpr Option<TextList> disallowed_hosts{
    .name = "disallowed_hosts",
    .group = "import_filtering_opts",
    .help = "Hosts that web-download refuses.",
    .needs_brackets = true,
    .is_host = true,
};

inline constexpr Option<TextList> allowed_ports{
    .name = "allowed_ports",
    .group = "import_filtering_opts",
    .fallback = "80,443",
    .help = "Ports that web-download accepts; if any is given, disallowed_ports does not count.",
    .min = 1,
    .max = 65535,
    .needs_brackets = true,
};

inline constexpr Option<TextList> disallowed_ports{
    .name = "disallowed_ports",
    .group = "import_filtering_opts",
    .help = "Ports that web-download refuses.",
    .min = 1,
    .max = 65535,
    .needs_brackets = true,
};

/// Every option of this room.
OptionList options();

/// The filter that the options describe. Throws Error{configuration} for a value that can never match.
UriFilter filter_of(const config::Config& config);

}  // namespace vitrine::fetch
