#include "catalog/sql/connection_url.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "base/text.h"

namespace vitrine::catalog::sql {
namespace {

Error not_a_url(std::string_view reason) {
  return Error(
      ErrorCode::configuration,
      fmt::format("The database connection {}. Write [database] connection = "
                  "mysql+pymysql://user:password@host/database or "
                  "postgresql://user:password@host/database, with @ : / and % in a password as %40 %3A "
                  "%2F and %25.",
                  reason));
}

std::string decoded(std::string_view text, std::string_view what) {
  std::optional<std::string> plain = percent_decode(text);
  if (!plain) throw not_a_url(fmt::format("has a broken % in its {}", what));
  return *std::move(plain);
}

/// Cuts off the text up to the separator, which goes too; nothing if there is none.
std::optional<std::string_view> cut(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  if (end == std::string_view::npos) return {};
  const std::string_view head = text.substr(0, end);
  text.remove_prefix(end + 1);
  return head;
}

/// Cuts off user and password, which may hold slashes and question marks, but no @.
void read_user(ConnectionUrl& url, std::string_view& text) {
  const auto at = text.find('@');
  const auto end = text.find_first_of(":/@");
  if (at == std::string_view::npos || text[end] == '/') return;
  url.user = decoded(text.substr(0, end), "user");
  if (text[end] == ':') url.password = decoded(text.substr(end + 1, at - end - 1), "password");
  text.remove_prefix(at + 1);
}

std::uint16_t port_in(std::string_view text) {
  const auto port = parse_unsigned(text);
  if (!port || *port == 0 || *port > std::numeric_limits<std::uint16_t>::max()) {
    throw not_a_url("has a port that is no number from 1 to 65535");
  }
  return static_cast<std::uint16_t>(*port);
}

void read_host(ConnectionUrl& url, std::string_view text) {
  if (text.starts_with('[')) {
    text.remove_prefix(1);
    const auto address = cut(text, ']');
    if (!address) throw not_a_url("has a [ without a ]");
    url.host = *address;
    if (text.starts_with(':')) text.remove_prefix(1);
  } else {
    const auto host = cut(text, ':');
    url.host = host ? *host : text;
    if (!host) return;
  }
  if (!text.empty()) url.port = port_in(text);
}

void read_parameters(ConnectionUrl& url, std::string_view text) {
  for (const std::string& parameter : split(text, '&')) {
    if (parameter.empty()) continue;
    std::string_view value = parameter;
    const auto name = cut(value, '=');
    std::optional<std::string> plain = form_decode(name ? value : std::string_view{});
    if (!plain) throw not_a_url("has a broken % behind its ?");
    url.parameters.emplace_back(name ? *name : value, *std::move(plain));
  }
}

}  // namespace

const std::string* ConnectionUrl::find(std::string_view parameter) const {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const auto& pair) { return pair.first == parameter; });
  return found == parameters.end() ? nullptr : &found->second;
}

std::string_view engine_of(std::string_view url) {
  const auto end = url.find("://");
  if (end == std::string_view::npos) return {};
  const std::string_view scheme = url.substr(0, end);
  return scheme.substr(0, scheme.find('+'));
}

ConnectionUrl parse_connection_url(std::string_view url) {
  ConnectionUrl parsed;
  url.remove_prefix(url.find("://") + 3);
  read_user(parsed, url);
  const auto question = url.find('?');
  if (question != std::string_view::npos) {
    read_parameters(parsed, url.substr(question + 1));
    url = url.substr(0, question);
  }
  const auto host = cut(url, '/');
  read_host(parsed, host ? *host : url);
  if (parsed.host.find_first_of("=;") != std::string::npos) throw not_a_url("names a host with = or ; in it");
  if (host) parsed.database = url;
  if (parsed.database.empty()) throw not_a_url("names no database");
  return parsed;
}

bool means_yes(std::string_view value) {
  constexpr std::string_view words[] = {"true", "yes", "on", "y", "t", "1"};
  const std::string word = to_lower(value);
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

std::string setting(std::string_view name, std::string_view value) {
  std::string text = fmt::format("{}='", name);
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + "' ";
}

}  // namespace vitrine::catalog::sql
