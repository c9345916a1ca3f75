#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vitrine::catalog::sql {

/// SQLAlchemy's URL of a database server, taken apart and decoded. Holds a password: never show it.
struct ConnectionUrl {
  std::string user;
  std::optional<std::string> password;
  std::string host;
  std::optional<std::uint16_t> port;
  std::string database;
  std::vector<std::pair<std::string, std::string>> parameters;

  const std::string* find(std::string_view parameter) const;
};

/// The engine that the URL names, without Python's driver: "mysql" for mysql+pymysql://…. Empty if it is no
/// URL.
std::string_view engine_of(std::string_view url);

/// Reads user:password@host:port/database?name=value&…, all but the last part optional. Throws
/// Error{configuration} that does not show the URL.
ConnectionUrl parse_connection_url(std::string_view url);

/// Whether a parameter's value means yes; SQLAlchemy takes true, yes, on, y, t and 1.
bool means_yes(std::string_view value);

/// name='value' and a blank, as SOCI and libpq read it in their connection strings.
std::string setting(std::string_view name, std::string_view value);

}  // namespace vitrine::catalog::sql
