#include "config/glance/table.h"

namespace vitrine::config::glance {
namespace {

constexpr Row logging_rows[] = {
    {"log_config_append",
     Type::text,
     unset,
     "Logging configuration in Python's format, instead of the options for logging.",
     {.former = "log_config", .is_reloadable = true}},
    {"use_syslog", Type::boolean, "false", "Logs to syslog."},
    {"use_journal", Type::boolean, "false", "Logs to the systemd journal."},
    {"syslog_log_facility", Type::text, "LOG_USER", "Facility of lines in syslog."},
    {"log_rotate_interval", Type::integer, "1",
     "Units of log_rotate_interval_type after which the log file is rotated."},
    {"log_rotate_interval_type",
     Type::text,
     "days",
     "Unit of log_rotate_interval.",
     {.choices = "Seconds,Minutes,Hours,Days,Weekday,Midnight", .any_case = true}},
    {"max_logfile_count", Type::integer, "30", "Rotated log files that are kept."},
    {"max_logfile_size_mb", Type::integer, "200", "Size in MB at which the log file is rotated."},
    {"log_rotation_type",
     Type::text,
     "none",
     "What makes the log file rotate.",
     {.choices = "interval,size,none", .any_case = true}},
    {"logging_context_format_string", Type::text,
     "%(asctime)s.%(msecs)03d %(process)d %(levelname)s %(name)s [%(global_request_id)s %(request_id)s "
     "%(user_identity)s] %(instance)s%(message)s",
     "Form of a log line that belongs to a request, in Python's notation."},
    {"logging_default_format_string", Type::text,
     "%(asctime)s.%(msecs)03d %(process)d %(levelname)s %(name)s [-] %(instance)s%(message)s",
     "Form of any other log line, in Python's notation."},
    {"logging_debug_format_suffix", Type::text, "%(funcName)s %(pathname)s:%(lineno)d",
     "What debug lines have at their end, in Python's notation."},
    {"logging_exception_prefix", Type::text,
     "%(asctime)s.%(msecs)03d %(process)d ERROR %(name)s %(instance)s",
     "Beginning of the lines of a traceback, in Python's notation."},
    {"logging_user_identity_format", Type::text,
     "%(user)s %(project)s %(domain)s %(system_scope)s %(user_domain)s %(project_domain)s",
     "Form of the caller in log lines, in Python's notation."},
    {"default_log_levels", Type::list,
     "amqp=WARN,boto=WARN,sqlalchemy=WARN,suds=INFO,oslo.messaging=INFO,oslo_messaging=INFO,iso8601=WARN,"
     "requests.packages.urllib3.connectionpool=WARN,urllib3.connectionpool=WARN,websocket=WARN,requests."
     "packages.urllib3.util.retry=WARN,urllib3.util.retry=WARN,keystonemiddleware=WARN,routes.middleware="
     "WARN,stevedore=WARN,taskflow=WARN,keystoneauth=WARN,oslo.cache=INFO,oslo_policy=INFO,dogpile.core."
     "dogpile=INFO",
     "Levels of Python's loggers, as logger=LEVEL."},
    {"publish_errors", Type::boolean, "false", "Sends errors as notifications."},
    {"instance_format",
     Type::text,
     "[instance: %(uuid)s] ",
     "Form of a virtual machine in log lines.",
     {.has_effect = false}},
    {"instance_uuid_format",
     Type::text,
     "[instance: %(uuid)s] ",
     "Form of a virtual machine's id in log lines.",
     {.has_effect = false}},
    {"rate_limit_interval", Type::integer, "0",
     "Seconds over which log lines are counted for rate limiting."},
    {"rate_limit_burst", Type::integer, "0", "Most lines within that interval; 0: any number."},
    {"rate_limit_except_level",
     Type::text,
     "CRITICAL",
     "Level from which lines are never dropped; empty: none.",
     {.choices = "CRITICAL,ERROR,INFO,WARNING,DEBUG,"}},
    {"fatal_deprecations",
     Type::boolean,
     "false",
     "Makes the use of deprecated Python code an error.",
     {.has_effect = false}},
};

}  // namespace

Groups logging() {
  static constexpr Group groups[] = {
      {"DEFAULT", logging_rows},
  };
  return groups;
}

}  // namespace vitrine::config::glance
