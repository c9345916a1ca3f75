#include "config/glance/table.h"

namespace vitrine::config::glance {
namespace {

constexpr Row oslo_concurrency[] = {
    {"disable_process_locking", Type::boolean, "false", "Uses no locks between processes."},
    {"lock_path", Type::text, unset, "Directory of lock files."},
};

constexpr Row os_brick[] = {
    {"lock_path", Type::text, unset, "Directory of lock files for volumes."},
    {"wait_mpath_device_attempts",
     Type::integer,
     "4",
     "How often a multipath device is looked for.",
     {.min = 1}},
    {"wait_mpath_device_interval", Type::integer, "1", "Seconds before the second look.", {.min = 1}},
};

constexpr Row oslo_reports[] = {
    {"log_dir", Type::text, unset, "Directory for reports on the state of the process."},
    {"file_event_handler", Type::text, unset, "File that asks for a report when it changes."},
    {"file_event_handler_interval", Type::integer, "1", "Seconds between two looks at that file."},
};

constexpr Row profiler[] = {
    {"enabled",
     Type::boolean,
     "false",
     "Traces requests that are signed with one of hmac_keys.",
     {.former = "profiler_enabled"}},
    {"trace_sqlalchemy", Type::boolean, "false", "Traces SQL too."},
    {"trace_requests", Type::boolean, "false", "Traces outgoing HTTP too."},
    {"hmac_keys",
     Type::text,
     "SECRET_KEY",
     "Keys, separated by commas, that sign requests to be traced.",
     {.is_secret = true}},
    {"connection_string", Type::text, "messaging://", "URL of what collects traces.", {.is_secret = true}},
    {"es_doc_type", Type::text, "notification", "Document type in Elasticsearch."},
    {"es_scroll_time", Type::text, "2m", "How long Elasticsearch keeps a search open."},
    {"es_scroll_size", Type::integer, "10000", "Documents that Elasticsearch answers at a time."},
    {"socket_timeout", Type::number, "0.1", "Seconds to wait for a Redis sentinel."},
    {"sentinel_service_name", Type::text, "mymaster", "Service that a Redis sentinel is asked for."},
    {"filter_error_trace", Type::boolean, "false", "Keeps traces of errors apart."},
};

constexpr Row privileges[] = {
    {"user", Type::text, unset, "User that privileged commands run as."},
    {"group", Type::text, unset, "Group that privileged commands run as."},
    {"capabilities", Type::list, "", "Capabilities that privileged commands keep."},
    {"helper_command", Type::text, unset, "Command that starts the privileged helper."},
    {"thread_pool_size", Type::integer, unset, "Threads of the privileged helper.", {.min = 1}},
    {"log_daemon_traceback", Type::boolean, "false", "Logs failures of the privileged helper in full."},
};

}  // namespace

Groups libraries() {
  static constexpr Group groups[] = {
      {"oslo_concurrency", oslo_concurrency},
      {"os_brick", os_brick},
      {"oslo_reports", oslo_reports},
      {"profiler", profiler},
      {"privsep", privileges},
      {"privsep_osbrick", privileges},
  };
  return groups;
}

}  // namespace vitrine::config::glance
