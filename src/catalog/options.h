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
        "The database, as SQLAlchemy's URL: mysql+pymysql://user:password@host/database, "
        "postgresql://user:password@host/database, sqlite:////absolute/path or sqlite:///relative/path. "
        "Signs "
        "that would end a part of it are written as %40 for @, %3A for :, %2F for / and %25 for %. "
        "Parameters "
        "behind a ? are the Python drivers': unix_socket, ssl_ca, ssl_cert, ssl_key and ssl_check_hostname "
        "for "
        "MySQL, libpq's own (sslmode, sslrootcert, host…) for PostgreSQL, and timeout=N, the seconds for "
        "which a "
        "locked file is waited for (30), for SQLite.",
    .is_secret = true,
};

inline constexpr Option<std::int64_t> max_pool_size{
    .name = "max_pool_size",
    .group = "database",
    .fallback = 5,
    .help = "Most connections to the database that are kept open; 0: no bound.",
    .min = 0,
};

inline constexpr Option<std::int64_t> max_overflow{
    .name = "max_overflow",
    .group = "database",
    .fallback = 50,
    .help =
        "Connections beyond max_pool_size while there are many calls at once; -1: no bound. Not for SQLite.",
    .min = -1,
};

inline constexpr Option<std::int64_t> connection_recycle_time{
    .name = "connection_recycle_time",
    .group = "database",
    .fallback = 3600,
    .help = "Seconds after which a connection is replaced; -1: never.",
    .min = -1,
};

inline constexpr Option<std::int64_t> max_retries{
    .name = "max_retries",
    .group = "database",
    .fallback = 10,
    .help = "How often connecting to a database server at start is tried again; -1: for ever.",
    .min = -1,
};

inline constexpr Option<std::int64_t> retry_interval{
    .name = "retry_interval",
    .group = "database",
    .fallback = 10,
    .help = "Seconds between two such tries.",
    .min = 0,
};

inline constexpr Option<std::string> mysql_sql_mode{
    .name = "mysql_sql_mode",
    .group = "database",
    .fallback = "TRADITIONAL",
    .help = "SQL mode of MySQL sessions; empty: the server's.",
};

inline constexpr Option<std::optional<std::int64_t>> mysql_wsrep_sync_wait{
    .name = "mysql_wsrep_sync_wait",
    .group = "database",
    .help =
        "Value of wsrep_sync_wait in MySQL sessions: 1 lets every node of a Galera cluster show what was "
        "written through another one.",
    .min = 0,
};

inline constexpr Option<std::string> connection_parameters{
    .name = "connection_parameters",
    .group = "database",
    .fallback = "",
    .help = "Parameters appended to the connection, as name=value&name=value.",
    .is_secret = true,
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

inline constexpr Option<std::int64_t> database_answer_timeout{
    .name = "database_answer_timeout",
    .group = "vitrine",
    .fallback = 60,
    .help =
        "Seconds that a database server may take to answer a statement, before its connection is given up; "
        "0: "
        "any time. A server that is frozen says nothing, so this is how long it holds calls up. Not for "
        "SQLite.",
    .min = 0,
};

OptionList options();

/// The settings that the configuration's [database] group holds. Throws Error{configuration} for a faulty
/// value.
CatalogSettings settings_of(const config::Config& config);

}  // namespace vitrine::catalog
