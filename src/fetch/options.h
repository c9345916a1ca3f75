#pragma once

#include "base/option.h"
#include "config/config.h"
#include "fetch/admission.h"
#include "fetch/download.h"
#include "fetch/proxies.h"
#include "fetch/uri_filter.h"

/// The options that say what may be fetched, and how.
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
    .help =
        "Hosts that web-download accepts, and nothing else but them, wherever they are; without it hosts on "
        "loopback and link-local addresses are refused. If any is given, disallowed_hosts does not count.",
    .needs_brackets = true,
    .is_host = true,
};

inline constexpr Option<TextList> disallowed_hosts{
    .name = "disallowed_hosts",
    .group = "import_filtering_opts",
    .help = "Hosts that web-download refuses. An address refuses also the names that lead to it.",
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

inline constexpr Option<bool> import_from_global_addresses_only{
    .name = "import_from_global_addresses_only",
    .group = "vitrine",
    .fallback = false,
    .help =
        "Refuses imports and locations from servers on other than public addresses, allowed_hosts included. "
        "Through a proxy only addresses that are written in a URI can be seen.",
};

inline constexpr Option<std::int64_t> import_connect_timeout{
    .name = "import_connect_timeout",
    .group = "vitrine",
    .fallback = 10,
    .help = "Seconds that an import waits for a connection to the server that it downloads from.",
    .min = 1,
    .max = 3600,
};

inline constexpr Option<std::int64_t> import_read_timeout{
    .name = "import_read_timeout",
    .group = "vitrine",
    .fallback = 60,
    .help = "Seconds that an import waits for the next byte, before it connects anew.",
    .min = 1,
    .max = 86400,
};

inline constexpr Option<std::int64_t> import_total_timeout{
    .name = "import_total_timeout",
    .group = "vitrine",
    .fallback = 86400,
    .help = "Seconds that the download of one image may take altogether. 0: any time.",
    .min = 0,
    .max = std::int64_t{366} * 86400,
};

inline constexpr Option<std::int64_t> import_attempts{
    .name = "import_attempts",
    .group = "vitrine",
    .fallback = 7,
    .help =
        "Attempts in a row that bring no byte, after which a download is given up. Between them it waits for "
        "half a second and then longer and longer; each byte received starts the count anew.",
    .min = 1,
    .max = 1000,
};

inline constexpr Option<std::string> import_ca_file{
    .name = "import_ca_file",
    .group = "vitrine",
    .fallback = "",
    .help =
        "File in PEM with the authorities that the servers of imports are trusted by. Empty: those of the "
        "system.",
};

/// Every option of this room.
OptionList options();

/// The filter that the options describe. Throws Error{configuration} for a value that can never match.
UriFilter filter_of(const config::Config& config);

/// What may be asked for users. Throws as filter_of() does.
Admission admission_of(const config::Config& config);

/// How the data of imports is downloaded.
DownloadSettings download_settings_of(const config::Config& config, Proxies proxies);

}  // namespace vitrine::fetch
