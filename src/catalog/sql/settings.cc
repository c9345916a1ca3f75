#include "catalog/sql/settings.h"

#include <fmt/format.h>

#include <string_view>

#include "base/error.h"
#include "base/text.h"
#include "catalog/sql/engine.h"

namespace vitrine::catalog::sql {
namespace {

constexpr std::string_view advice =
    "Write [database] connection = sqlite:////absolute/path/of/the/file (four slashes), "
    "sqlite:///relative/path, mysql+pymysql://user:password@host/database or "
    "postgresql://user:password@host/database.";

Error refusal(std::string_view reason) {
  return Error(ErrorCode::configuration, fmt::format("{} {}", reason, advice));
}

/// Of SQLAlchemy's query parameters `timeout` has a meaning here; the others tune Python's driver.
std::optional<std::chrono::seconds> find_timeout(std::string_view parameters) {
  for (const std::string& parameter : split(parameters, '&')) {
    if (!parameter.starts_with("timeout=")) continue;
    const auto seconds = parse_integer(std::string_view(parameter).substr(parameter.find('=') + 1));
    if (!seconds || *seconds < 0)
      throw refusal("The database connection's timeout is not a number of seconds.");
    return std::chrono::seconds(*seconds);
  }
  return {};
}

/// What SOCI's and SQLite's own ways of naming a file would take for something else.
void require_plain_file(std::string_view file) {
  if (file.empty() || file == ":memory:") {
    throw refusal("A database in memory would be lost with every connection.");
  }
  if (file.starts_with("file:")) throw refusal("SQLite's file: URIs are not supported.");
  if (file.find('"') != std::string_view::npos) {
    throw refusal("The path of the database must not hold a double quote.");
  }
}

void read_sqlite(Settings& settings, std::string_view url) {
  std::string_view rest = url.substr(url.find("://") + 3);
  // Between "://" and the next slash a URL names a host; SQLite has none.
  if (!rest.empty() && rest.front() != '/') throw refusal("The database connection lacks a slash.");
  if (!rest.empty()) rest.remove_prefix(1);
  const auto question = rest.find('?');
  const std::string_view file = rest.substr(0, question);
  require_plain_file(file);
  settings.file = file;
  if (question == std::string_view::npos) return;
  if (const auto timeout = find_timeout(rest.substr(question + 1))) settings.busy_timeout = *timeout;
}

/// Takes a parameter out of those that are the client library's. The first one counts: the operator's own.
std::optional<std::string> take(ConnectionUrl& server, std::string_view name) {
  std::optional<std::string> value;
  if (const std::string* first = server.find(name)) value = *first;
  std::erase_if(server.parameters, [&](const auto& parameter) { return parameter.first == name; });
  return value;
}

/// Nothing for a negative one: no bound.
std::optional<std::int64_t> take_number(ConnectionUrl& server, std::string_view name, std::int64_t fallback) {
  const std::optional<std::string> text = take(server, name);
  const std::optional<std::int64_t> number = text ? parse_integer(*text) : fallback;
  if (!number) throw refusal(fmt::format("The database's {} is not a whole number.", name));
  if (*number < 0) return {};
  return number;
}

/// How connections to a server are kept: see options.h.
void take_own_parameters(Settings& settings) {
  const auto overflow = take_number(settings.server, "max_overflow", 50);
  if (settings.pool_size > 0 && overflow) {
    settings.most_connections = settings.pool_size + static_cast<std::size_t>(*overflow);
  }
  if (const auto age = take_number(settings.server, "connection_recycle_time", 3600)) {
    settings.recycle_time = std::chrono::seconds(*age);
  }
  settings.retries = take_number(settings.server, "max_retries", 0);
  settings.retry_interval =
      std::chrono::seconds(take_number(settings.server, "retry_interval", 10).value_or(0));
  settings.sql_mode = take(settings.server, "mysql_sql_mode").value_or("TRADITIONAL");
  settings.wsrep_sync_wait = take_number(settings.server, "mysql_wsrep_sync_wait", -1);
}

const Engine& engine_for(std::string_view url) {
  const std::string_view name = engine_of(url);
  if (url.empty()) throw refusal("No database is configured.");
  if (name.empty()) throw refusal("The database connection is not a URL.");
  if (name == "sqlite") return sqlite_engine();
  if (name == "mysql" || name == "mariadb") return mariadb_engine();
  if (name == "postgresql") return postgresql_engine();
  throw refusal(fmt::format("The database connection asks for {}, which is not served.", name));
}

}  // namespace

Settings read_settings(const CatalogSettings& settings) {
  const Engine& engine = engine_for(settings.connection);
  Settings read{.engine = &engine,
                .pool_size = settings.pool_size,
                .pool_timeout = settings.pool_timeout,
                .busy_timeout = settings.busy_timeout,
                .is_synchronous = settings.is_synchronous,
                .cache_size = settings.cache_size};
  if (&engine == &sqlite_engine()) {
    read_sqlite(read, settings.connection);
    if (settings.pool_size > 0) read.most_connections = settings.pool_size;
    return read;
  }
  read.server = parse_connection_url(settings.connection);
  take_own_parameters(read);
  return read;
}

}  // namespace vitrine::catalog::sql
