#include "config/glance/table.h"

namespace vitrine::config::glance {
namespace {

constexpr Row database_rows[] = {
    {"backend", Type::text, "sqlalchemy", "Database layer of Glance.", {.has_effect = false}},
    {"slave_connection",
     Type::text,
     unset,
     "URL of a copy of the database for reading.",
     {.is_secret = true}},
    {"asyncio_connection",
     Type::text,
     unset,
     "URL of the database for asynchronous Python code.",
     {.is_secret = true, .has_effect = false}},
    {"asyncio_slave_connection",
     Type::text,
     unset,
     "URL of the copy for asynchronous Python code.",
     {.is_secret = true, .has_effect = false}},
    {"synchronous_reader", Type::boolean, "true",
     "Whether reading waits for what was written before, in a Galera cluster."},
    {"connection_debug", Type::integer, "0", "How much of the SQL is logged.", {.min = 0, .max = 100}},
    {"connection_trace", Type::boolean, "false", "Marks SQL with the code it comes from."},
    {"use_db_reconnect", Type::boolean, "false", "Repeats what was under way when the connection was lost."},
    {"db_retry_interval", Type::integer, "1", "Seconds before such a repetition."},
    {"db_inc_retry_interval", Type::boolean, "true",
     "Makes those seconds grow from one repetition to the next."},
    {"db_max_retry_interval", Type::integer, "10", "Most seconds that they grow to."},
    {"db_max_retries", Type::integer, "20", "How often something is repeated; -1: for ever."},
};

}  // namespace

Groups database() {
  static constexpr Group groups[] = {
      {"database", database_rows},
  };
  return groups;
}

}  // namespace vitrine::config::glance
