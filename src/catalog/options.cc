#include "catalog/options.h"

#include <fmt/format.h>

#include "base/text.h"
#include "config/config.h"

namespace vitrine::catalog {

OptionList options() {
  return {&connection,
          &max_pool_size,
          &max_overflow,
          &pool_timeout,
          &max_retries,
          &connection_recycle_time,
          &retry_interval,
          &mysql_sql_mode,
          &mysql_wsrep_sync_wait,
          &connection_parameters,
          &sqlite_synchronous,
          &sqlite_cache_size};
}

namespace {

/// The connection with the parameters that belong to it. How connections to a server are kept travels with
/// them, where SQLAlchemy's users may write it themselves.
std::string whole_connection(const config::Config& config) {
  std::string whole = config.get(connection);
  const auto append = [&whole](const std::string& parameters) {
    whole += (whole.find('?') == std::string::npos ? '?' : '&') + parameters;
  };
  if (const std::string parameters = config.get(connection_parameters); !parameters.empty())
    append(parameters);
  if (whole.empty() || whole.starts_with("sqlite")) return whole;
  for (const Option<std::int64_t>* option :
       {&max_overflow, &connection_recycle_time, &max_retries, &retry_interval}) {
    append(fmt::format("{}={}", option->name, config.get(*option)));
  }
  append(fmt::format("{}={}", mysql_sql_mode.name, form_encode(config.get(mysql_sql_mode))));
  if (const auto wait = config.get(mysql_wsrep_sync_wait)) {
    append(fmt::format("{}={}", mysql_wsrep_sync_wait.name, *wait));
  }
  return whole;
}

}  // namespace

CatalogSettings settings_of(const config::Config& config) {
  CatalogSettings settings;
  settings.connection = whole_connection(config);
  settings.pool_size = static_cast<std::size_t>(config.get(max_pool_size));
  if (const auto seconds = config.get(pool_timeout)) settings.pool_timeout = std::chrono::seconds(*seconds);
  settings.is_synchronous = config.get(sqlite_synchronous);
  settings.cache_size = config.get(sqlite_cache_size);
  return settings;
}

}  // namespace vitrine::catalog
