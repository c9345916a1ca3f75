#include "catalog/sql/settings.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/text.h"

namespace vitrine::catalog::sql {
namespace {

constexpr std::string_view advice =
    "Write [database] connection = sqlite:////absolute/path/of/the/file (four slashes) or "
    "sqlite:///relative/path.";

Error refusal(std::string_view reason) {
  return Error(ErrorCode::configuration, fmt::format("{} {}", reason, advice));
}

/// The part after the URL's scheme and "://". A scheme may name a Python driver: "sqlite+pysqlite".
std::string_view after_scheme(std::string_view url) {
  const auto end = url.find("://");
  if (url.empty()) throw refusal("No database is configured.");
  if (end == std::string_view::npos) throw refusal("The database connection is not a URL.");
  const std::string_view engine = url.substr(0, url.substr(0, end).find('+'));
  if (engine.substr(0, end) != "sqlite") {
    throw refusal(fmt::format("This version serves SQLite only; the database connection asks for {}.",
                              engine.substr(0, end)));
  }
  return url.substr(end + 3);
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

}  // namespace

Settings read_settings(const CatalogSettings& settings) {
  std::string_view rest = after_scheme(settings.connection);
  // Between "://" and the next slash a URL names a host; SQLite has none.
  if (!rest.empty() && rest.front() != '/') throw refusal("The database connection lacks a slash.");
  if (!rest.empty()) rest.remove_prefix(1);
  const auto question = rest.find('?');
  const std::string_view file = rest.substr(0, question);
  require_plain_file(file);
  const auto timeout =
      question == std::string_view::npos ? std::nullopt : find_timeout(rest.substr(question + 1));
  return {.file = file,
          .pool_size = settings.pool_size,
          .pool_timeout = settings.pool_timeout,
          .busy_timeout = timeout ? *timeout : settings.busy_timeout,
          .is_synchronous = settings.is_synchronous,
          .cache_size = settings.cache_size};
}

}  // namespace vitrine::catalog::sql
