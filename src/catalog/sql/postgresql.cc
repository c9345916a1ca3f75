#include <fmt/format.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <algorithm>
#include <string>

#include "catalog/sql/engine.h"
#include "catalog/sql/partial_indexes.h"
#include "catalog/sql/watchdog.h"

namespace vitrine::catalog::sql {
namespace {

constexpr std::string_view begin_read[] = {"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
/// Rows that are to be changed are locked first, so each statement behind sees what the last one wrote.
constexpr std::string_view begin_write[] = {"BEGIN ISOLATION LEVEL READ COMMITTED"};

constexpr std::string_view before_tables[] = {
    "CREATE TYPE image_visibility AS ENUM ('private', 'public', 'shared', 'community')"};

/// Of values of properties only the beginnings: an index holds no more than 2,700 bytes of a row.
constexpr auto own_indexes = partial_image_indexes_and(
    {"CREATE INDEX IF NOT EXISTS vitrine_images_status ON images "
     "(status, created_at, id) WHERE NOT deleted AND NOT os_hidden",
     "CREATE INDEX IF NOT EXISTS vitrine_image_properties_name_value ON image_properties "
     "(name, LEFT(value, 100), image_id) WHERE NOT deleted",
     "CREATE INDEX IF NOT EXISTS vitrine_image_tags_value ON image_tags "
     "(value, image_id) WHERE NOT deleted",
     "CREATE INDEX IF NOT EXISTS vitrine_image_members_member ON image_members "
     "(member, status, image_id) WHERE NOT deleted"});

constexpr Dialect dialect_of_postgresql{
    .name = "PostgreSQL",
    .begin_read = begin_read,
    .begin_write = begin_write,
    .list_tables =
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename COLLATE "
        "\"C\"",
    .for_update = " FOR UPDATE",
    .exactly = "",
    .wide_begin = "CAST(",
    .wide_end = " AS BIGINT)",
    .lock_name =
        "SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtextextended('vitrine ' || :name, 0))) AS taken",
    .unlock_names = "",
    .go_on_numbering =
        "SELECT setval(pg_get_serial_sequence('{table}', '{id}'), COALESCE(MAX({id}), 1), MAX({id}) IS NOT "
        "NULL) FROM {table}",
    .list_indexes = "",
    .one_by_one = " OFFSET 0",
    .has_one_writer = false,
    .keeps_fractions = true,
    .has_simple_indexes = false,
    .indexes_beginnings = true,
    .guesses_expressions = true,
    .holds_nul = false,
    .sorts_parts = true,
    .has_transactional_schema = true,
    .waits_without_end = true,
    .schema = {.id = "SERIAL NOT NULL",
               .big_id = "BIGSERIAL NOT NULL",
               .big = "BIGINT",
               .time = "TIMESTAMP WITHOUT TIME ZONE",
               .no = "false",
               .visibility = "image_visibility",
               .checks_flags = false,
               .images_checks = "",
               .table_options = "",
               .first = before_tables,
               .own_indexes = own_indexes},
};

PGconn* handle(soci::session& session) {
  return static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_;
}

/// Later settings win, so the URL's own stand behind the ones that are good for everybody.
std::string connect_string(const Settings& settings) {
  const ConnectionUrl& server = settings.server;
  std::string text =
      "connect_timeout='10' keepalives_idle='30' keepalives_interval='10' keepalives_count='3' "
      "tcp_user_timeout='60000' application_name='vitrine' ";
  if (!server.host.empty()) text += setting("host", server.host);
  if (server.port) text += setting("port", std::to_string(*server.port));
  if (!server.user.empty()) text += setting("user", server.user);
  if (server.password) text += setting("password", *server.password);
  text += setting("dbname", server.database);
  for (const auto& [name, value] : server.parameters) {
    if (name != "client_encoding") text += setting(name, value);
  }
  return text + "client_encoding='UTF8'";
}

struct Meaning {
  std::string_view state;  ///< an SQLSTATE, or the class that it begins with
  ErrorCode code;
  Remedy remedy;
  std::string_view message;  ///< empty: the server's own
};

constexpr Meaning meanings[] = {
    {"23505", ErrorCode::duplicate, Remedy::none, ""},
    {"23503", ErrorCode::conflict, Remedy::none, ""},  // others refer to the row
    {"40001", ErrorCode::unavailable, Remedy::repeat, "is busy with other changes of the same"},
    {"40P01", ErrorCode::unavailable, Remedy::repeat, "is busy with other changes of the same"},
    {"55P03", ErrorCode::unavailable, Remedy::none, "is busy with other changes of the same"},
    {"25006", ErrorCode::unavailable, Remedy::reconnect,
     "accepts no changes, as it is a standby or read-only"},
    {"57P01", ErrorCode::unavailable, Remedy::reconnect, "ended the connection"},
    {"57P02", ErrorCode::unavailable, Remedy::reconnect, "crashed"},
    {"57P03", ErrorCode::unavailable, Remedy::reconnect, "is starting or stopping"},
    {"57P05", ErrorCode::unavailable, Remedy::reconnect, "ended the connection"},
    {"57014", ErrorCode::unavailable, Remedy::none, "cancelled the statement"},
    {"08", ErrorCode::unavailable, Remedy::reconnect, "closed the connection"},
    {"53100", ErrorCode::unavailable, Remedy::none, "has no room on its disk"},
    {"53300", ErrorCode::unavailable, Remedy::none, "has too many connections"},
    {"53", ErrorCode::unavailable, Remedy::none, "is overloaded"},
    // What a client sent and no column can hold or be compared with.
    {"22", ErrorCode::invalid, Remedy::none, "cannot hold a value of the request"},
};

const Meaning* meaning_of(std::string_view state) {
  const auto found = std::find_if(std::begin(meanings), std::end(meanings),
                                  [&](const Meaning& row) { return state.starts_with(row.state); });
  return found == std::end(meanings) ? nullptr : found;
}

std::string state_of(const soci::soci_error& error) {
  const auto* from_server = dynamic_cast<const soci::postgresql_soci_error*>(&error);
  return from_server ? from_server->sqlstate() : std::string();
}

/// libpq has no code for a refused connection, so the server's words decide, which it never translates for
/// itself: nothing else about a connection can be mended by waiting.
bool needs_operator(std::string_view message) {
  for (const std::string_view words :
       {"authentication failed", "does not exist", "no pg_hba.conf entry", "invalid connection option",
        "certificate", "SSL", "root.crt", "invalid sslmode", "not permitted to log in"}) {
    if (message.find(words) != std::string_view::npos) return true;
  }
  return false;
}

std::string on_one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

class Postgresql : public Engine {
 public:
  const Dialect& dialect() const override { return dialect_of_postgresql; }

  void open(soci::session& session, const Settings& settings, Watchdog* watchdog) const override {
    try {
      session.open(soci::postgresql, connect_string(settings));
      const Watch watch(watchdog, watched_socket(session));
      session << fmt::format("SET lock_timeout = {}", settings.busy_timeout.count());
      session << "SET client_min_messages = warning";
      session << "SET DateStyle = 'ISO, YMD'";
      session << "SET standard_conforming_strings = on";
      session << "SET bytea_output = 'hex'";
      // What is asked here ends after a page. Programs compiled for it, and workers, would come too late.
      session << "SET jit = off";
      session << "SET max_parallel_workers_per_gather = 0";
      PQsetErrorVerbosity(handle(session), PQERRORS_TERSE);
    } catch (const soci::soci_error& error) {
      // libpq names host, user and database, but never the password.
      const std::string reason = on_one_line(error.get_error_message());
      throw Error(needs_operator(reason) ? ErrorCode::configuration : ErrorCode::unavailable,
                  fmt::format("Cannot connect to the PostgreSQL database: {}.", reason));
    }
  }

  Failure failure_of(soci::session& session, const soci::soci_error& error,
                     std::string_view statement) const override {
    if (PQstatus(handle(session)) == CONNECTION_BAD) {
      return {database_error(ErrorCode::unavailable, "closed the connection"), Remedy::reconnect};
    }
    const std::string state = state_of(error);
    const Meaning* meaning = meaning_of(state);
    if (meaning && !meaning->message.empty()) {
      return {database_error(meaning->code, meaning->message), meaning->remedy};
    }
    // The server's first line names tables and constraints; its further ones, values.
    const std::string message = error.get_error_message();
    return {Error(
        meaning ? meaning->code : ErrorCode::internal,
        fmt::format("{} (PostgreSQL {}) in: {}", message.substr(0, message.find('\n')), state, statement))};
  }

  bool is_in_transaction(soci::session& session) const override {
    return PQtransactionStatus(handle(session)) != PQTRANS_IDLE;
  }

  int watched_socket(soci::session& session) const override { return PQsocket(handle(session)); }
};

}  // namespace

const Engine& postgresql_engine() {
  static const Postgresql engine;
  return engine;
}

}  // namespace vitrine::catalog::sql
