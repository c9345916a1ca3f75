#pragma once

#include "base/option.h"
#include "catalog/catalog.h"

namespace vitrine::config {
class Config;
}

namespace vitrine::catalog {

inline constexpr Option<std::string> connection{
    .name = "connection",
    .group = "database",
    .fallback = "",
    .help =
        "The database, as SQLAlchemy's URL: sqlite:////absolute/path or sqlite:///relative/path. "
        "`?timeout=N` sets how many seconds a locked file is waited for (30).",
    .is_secret = true,
};

inline constexpr Option<std::int64_t> max_pool_size{
    .name = "max_pool_size",
    .group = "database",
    .fallback = 5,
    .help = "Most connections to the database that are kept open; 0: no bound.",
    .min = 0,
};

inline constexpr Option<std::optional<std::int64_t>> pool_timeout{
    .name = "pool_timeout",
    .group = "database",
    .help = "How many seconds a call waits for a free connection; unset: 30.",
    .min = 0,
};

inline constexpr Option<bool> sqlite_synchronous{
    .name = "sqlite_synchronous",
    .group = "database",
    .fallback = true,
    .help =
        "Whether each change waits until SQLite's file is on the disk. Without, a power cut may lose or "
        "break it.",
};

inline constexpr Option<std::int64_t> sqlite_cache_size{
    .name = "sqlite_cache_size",
    .group = "vitrine",
    .fallback = 16384,
    .help =
        "How many KiB of the database each connection may keep in memory; what it does not need it does not "
        "take. SQLite only.",
    .min = 1,
};

OptionList options();

/// The settings that the configuration's [database] group holds. Throws Error{configuration} for a faulty
/// value.
CatalogSettings settings_of(const config::Config& config);

}  // namespace vitrine::catalog
