#include "catalog/options.h"

#include "config/config.h"

namespace vitrine::catalog {

OptionList options() {
  return {&connection, &max_pool_size, &pool_timeout, &sqlite_synchronous, &sqlite_cache_size};
}

CatalogSettings settings_of(const config::Config& config) {
  CatalogSettings settings;
  settings.connection = config.get(connection);
  settings.pool_size = static_cast<std::size_t>(config.get(max_pool_size));
  if (const auto seconds = config.get(pool_timeout)) settings.pool_timeout = std::chrono::seconds(*seconds);
  settings.is_synchronous = config.get(sqlite_synchronous);
  settings.cache_size = config.get(sqlite_cache_size);
  return settings;
}

}  // namespace vitrine::catalog
