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

using Number = std::optional<std::int64_t>;

/// The URL's own number, or else the configuration's; nothing for a negative one: no bound.
Number take_number(ConnectionUrl& server, std::string_view name, Number configured) {
  const std::optional<std::string> text = take(server, name);
  if (!text) return configured;
  const Number number = parse_integer(*text);
  if (!number) throw refusal(fmt::format("The database's {} is not a whole number.", name));
  if (*number < 0) return {};
  return number;
}

Number take_seconds(ConnectionUrl& server, std::string_view name,
                    std::optional<std::chrono::seconds> configured) {
  return take_number(server, name, configured ? Number(configured->count()) : Number());
}

/// How connections to a server are kept: SQLAlchemy's users may write it into the URL.
void read_keeping(Settings& read, const CatalogSettings& settings) {
  ConnectionUrl& server = read.server;
  const auto overflow = take_number(server, "max_overflow", settings.max_overflow);
  if (read.pool_size > 0 && overflow) {
    read.most_connections = read.pool_size + static_cast<std::size_t>(*overflow);
  }
  if (const Number age = take_seconds(server, "connection_recycle_time", settings.connection_recycle_time)) {
    read.recycle_time = std::chrono::seconds(*age);
  }
  read.retries = take_number(server, "max_retries", settings.max_retries);
  read.retry_interval =
      std::chrono::seconds(take_seconds(server, "retry_interval", settings.retry_interval).value_or(0));
  read.sql_mode = take(server, "mysql_sql_mode").value_or(settings.mysql_sql_mode);
  read.wsrep_sync_wait = take_number(server, "mysql_wsrep_sync_wait", settings.mysql_wsrep_sync_wait);
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
                .answer_timeout = settings.answer_timeout,
                .is_synchronous = settings.is_synchronous,
                .cache_size = settings.cache_size};
  if (&engine == &sqlite_engine()) {
    read_sqlite(read, settings.connection);
    if (settings.pool_size > 0) read.most_connections = settings.pool_size;
    return read;
  }
  read.server = parse_connection_url(settings.connection);
  read_keeping(read, settings);
  return read;
}

}  // namespace vitrine::catalog::sql
