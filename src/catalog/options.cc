#include "catalog/options.h"

#include <optional>

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
          &sqlite_cache_size,
          &database_answer_timeout};
}

namespace {

std::string whole_connection(const config::Config& config) {
  const std::string parameters = config.get(connection_parameters);
  std::string whole = config.get(connection);
  if (!parameters.empty()) whole += (whole.find('?') == std::string::npos ? '?' : '&') + parameters;
  return whole;
}

/// Nothing for a negative one: no bound.
std::optional<std::int64_t> bound(std::int64_t number) {
  if (number < 0) return {};
  return number;
}

void read_server_settings(CatalogSettings& settings, const config::Config& config) {
  settings.max_overflow = bound(config.get(max_overflow));
  const auto age = bound(config.get(connection_recycle_time));
  settings.connection_recycle_time = age ? std::optional(std::chrono::seconds(*age)) : std::nullopt;
  settings.max_retries = bound(config.get(max_retries));
  settings.retry_interval = std::chrono::seconds(config.get(retry_interval));
  settings.mysql_sql_mode = config.get(mysql_sql_mode);
  settings.mysql_wsrep_sync_wait = config.get(mysql_wsrep_sync_wait);
  settings.answer_timeout = std::chrono::seconds(config.get(database_answer_timeout));
}

}  // namespace

CatalogSettings settings_of(const config::Config& config) {
  CatalogSettings settings;
  settings.connection = whole_connection(config);
  settings.pool_size = static_cast<std::size_t>(config.get(max_pool_size));
  if (const auto seconds = config.get(pool_timeout)) settings.pool_timeout = std::chrono::seconds(*seconds);
  read_server_settings(settings, config);
  settings.is_synchronous = config.get(sqlite_synchronous);
  settings.cache_size = config.get(sqlite_cache_size);
  return settings;
}

}  // namespace vitrine::catalog
