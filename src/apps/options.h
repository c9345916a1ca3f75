#pragma once

#include "base/option.h"

namespace vitrine::apps {

inline constexpr Option<std::string> state_dir{
    .name = "state_dir",
    .group = "vitrine",
    .fallback = "/var/lib/vitrine",
    .help =
        "Directory for what this node must remember of its own work, so that a restart can undo what a crash "
        "cut off. "
        "Never shared between nodes.",
};

inline constexpr Option<std::string> metrics_address{
    .name = "metrics_address",
    .group = "vitrine",
    .fallback = "127.0.0.1:9291",
    .help = "Address and port on which Prometheus finds the metrics, apart from the API. Empty: nowhere.",
};

inline constexpr Option<bool> debug{
    .name = "debug",
    .fallback = false,
    .help = "Write debug lines to the log.",
    .is_reloadable = true,
};

inline constexpr Option<std::optional<std::string>> log_file{
    .name = "log_file",
    .help = "Log file, relative to log_dir. Without log_file and log_dir the log goes to standard error.",
    .former = "logfile",
};

inline constexpr Option<std::optional<std::string>> log_dir{
    .name = "log_dir",
    .help = "Directory of log_file, or of <program>.log if there is no log_file.",
    .former = "logdir",
};

inline constexpr Option<std::string> log_date_format{
    .name = "log_date_format",
    .fallback = "%Y-%m-%d %H:%M:%S",
    .help = "How times are written into the log, as strftime(3) takes it.",
};

inline constexpr Option<bool> use_json{
    .name = "use_json",
    .fallback = false,
    .help = "Write the log as JSON, one object a line.",
};

inline constexpr Option<bool> use_stderr{
    .name = "use_stderr",
    .fallback = false,
    .help = "Write the log to standard error even if there is a log file.",
};

inline constexpr Option<bool> log_color{
    .name = "log_color",
    .fallback = false,
    .help = "Colour the level names when the log goes to a terminal.",
};

/// The options of the programs themselves.
OptionList options();

/// Every option of every room.
OptionList all_options();

}  // namespace vitrine::apps
