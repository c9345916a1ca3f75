#include <fmt/format.h>
#include <soci/mysql/soci-mysql.h>
#include <soci/soci.h>

#include <algorithm>
#include <string>

#include "catalog/sql/engine.h"

namespace vitrine::catalog::sql {
namespace {

constexpr std::string_view begin_read[] = {"START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"};
/// Rows that are to be changed are locked first, so each statement behind sees what the last one wrote. Locks
/// of what is not there, which the other levels take, would let independent changes deadlock.
constexpr std::string_view begin_write[] = {"SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
                                            "START TRANSACTION READ WRITE"};

/// An index cannot leave rows out here, so those that lists want are together in each. MySQL does not know
/// the words in the comment, and says so if the index is there.
constexpr std::string_view own_indexes[] = {
    "CREATE INDEX /*M! IF NOT EXISTS */ vitrine_images_created_at ON images "
    "(deleted, os_hidden, created_at, id)",
    "CREATE INDEX /*M! IF NOT EXISTS */ vitrine_images_visibility ON images "
    "(deleted, os_hidden, visibility, created_at, id)",
    "CREATE INDEX /*M! IF NOT EXISTS */ vitrine_images_owner ON images "
    "(deleted, os_hidden, owner, created_at, id)",
    "CREATE INDEX /*M! IF NOT EXISTS */ vitrine_images_name ON images "
    "(deleted, os_hidden, name, created_at, id)",
    "CREATE INDEX /*M! IF NOT EXISTS */ vitrine_images_status ON images "
    "(deleted, os_hidden, status, created_at, id)",
    "CREATE INDEX /*M! IF NOT EXISTS */ vitrine_images_updated_at ON images "
    "(deleted, os_hidden, updated_at, created_at, id)",
    "CREATE INDEX /*M! IF NOT EXISTS */ vitrine_images_size ON images "
    "(deleted, os_hidden, size, created_at, id)",
    "CREATE INDEX /*M! IF NOT EXISTS */ vitrine_images_disk_format ON images "
    "(deleted, os_hidden, disk_format, created_at, id)",
    "CREATE INDEX /*M! IF NOT EXISTS */ vitrine_images_container_format ON images "
    "(deleted, os_hidden, container_format, created_at, id)",
    "CREATE INDEX /*M! IF NOT EXISTS */ vitrine_image_properties_name_value ON image_properties "
    "(name, deleted, value(100), image_id)",
    "CREATE INDEX /*M! IF NOT EXISTS */ vitrine_image_tags_value ON image_tags (value, deleted, image_id)",
    "CREATE INDEX /*M! IF NOT EXISTS */ vitrine_image_members_member ON image_members "
    "(member, deleted, status, image_id)",
};

constexpr Dialect dialect_of_mariadb{
    .name = "MariaDB",
    .begin_read = begin_read,
    .begin_write = begin_write,
    .list_tables =
        "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() "
        "ORDER BY BINARY TABLE_NAME",
    .for_update = " FOR UPDATE",
    .exactly = "BINARY ",
    .wide_begin = "",
    .wide_end = "",
    .lock_name = "SELECT GET_LOCK(CONCAT('vitrine ', SHA1(CONCAT(DATABASE(), ' ', :name))), 30)",
    .unlock_names = "DO RELEASE_ALL_LOCKS()",
    .go_on_numbering = "",
    .list_indexes =
        "SELECT DISTINCT INDEX_NAME FROM information_schema.STATISTICS "
        "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'images'",
    .one_by_one = "",
    .has_one_writer = false,
    .keeps_fractions = false,
    .has_simple_indexes = true,
    .indexes_beginnings = false,
    .guesses_expressions = false,
    .holds_nul = true,
    .sorts_parts = true,
    .has_transactional_schema = false,
    .waits_without_end = false,
    .schema = {.id = "INTEGER NOT NULL AUTO_INCREMENT",
               .big_id = "BIGINT NOT NULL AUTO_INCREMENT",
               .big = "BIGINT",
               .time = "DATETIME",
               .no = "0",
               .visibility = "ENUM('private', 'public', 'shared', 'community')",
               .checks_flags = true,
               .images_checks = ", CONSTRAINT CONSTRAINT_2 CHECK (deleted IN (0, 1)), "
                                "CONSTRAINT CONSTRAINT_3 CHECK (protected IN (0, 1))",
               .table_options = " ENGINE=InnoDB DEFAULT CHARSET=utf8",
               .first = {},
               .own_indexes = own_indexes},
};

MYSQL* handle(soci::session& session) {
  return static_cast<soci::mysql_session_backend*>(session.get_backend())->conn_;
}

const std::string* find_first(const ConnectionUrl& server, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (const std::string* value = server.find(name)) return value;
  }
  return nullptr;
}

bool asks_for_tls(const ConnectionUrl& server) {
  if (const std::string* disabled = server.find("ssl_disabled")) return !means_yes(*disabled);
  return std::any_of(server.parameters.begin(), server.parameters.end(),
                     [](const auto& parameter) { return parameter.first.starts_with("ssl"); });
}

/// As SQLAlchemy's drivers do it: the server's name is checked, unless they are told not to.
bool checks_host(const ConnectionUrl& server) {
  const std::string* check =
      find_first(server, {"ssl_verify_identity", "ssl_check_hostname", "ssl_verify_cert"});
  return !check || means_yes(*check);
}

void require_known_tls(const ConnectionUrl& server) {
  constexpr std::string_view known[] = {
      "ssl_ca",          "ssl_cert",           "ssl_key", "ssl_disabled", "ssl_check_hostname",
      "ssl_verify_cert", "ssl_verify_identity"};
  for (const auto& [name, value] : server.parameters) {
    if (!name.starts_with("ssl") || std::find(std::begin(known), std::end(known), name) != std::end(known)) {
      continue;
    }
    throw Error(ErrorCode::configuration,
                fmt::format("The database connection's parameter {} is not served. Use ssl_ca, ssl_cert, "
                            "ssl_key and ssl_check_hostname.",
                            name));
  }
  if (asks_for_tls(server) && !server.find("ssl_ca")) {
    throw Error(ErrorCode::configuration,
                "TLS to the database needs ssl_ca behind the connection's ?, the file of the authority that "
                "signed the "
                "server's certificate.");
  }
}

/// The client library takes options that SOCI does not know in place of the host.
std::string host_text(const ConnectionUrl& server) {
  const std::string host = server.host.empty() ? "localhost" : server.host;
  if (!asks_for_tls(server) || !checks_host(server)) return host;
  return fmt::format("host={};ssl-verify-server-cert=1", host);
}

std::string connect_string(const Settings& settings) {
  const ConnectionUrl& server = settings.server;
  std::string text = setting("host", host_text(server)) + setting("dbname", server.database) +
                     setting("user", server.user) + setting("charset", "utf8mb4");
  if (server.password) text += setting("password", *server.password);
  if (server.port) text += fmt::format("port={} ", *server.port);
  if (const std::string* path = server.find("unix_socket")) text += setting("unix_socket", *path);
  if (asks_for_tls(server)) {
    text += setting("sslca", *server.find("ssl_ca"));
    if (const std::string* certificate = server.find("ssl_cert")) text += setting("sslcert", *certificate);
    if (const std::string* key = server.find("ssl_key")) text += setting("sslkey", *key);
  }
  for (const auto& [name, fallback] : {std::pair{"connect_timeout", std::string("10")},
                                       {"read_timeout", std::to_string(settings.answer_timeout.count())},
                                       {"write_timeout", std::string("60")}}) {
    const std::string* seconds = server.find(name);
    const std::string& value = seconds ? *seconds : fallback;
    if (value != "0") text += setting(name, value);
  }
  return text;
}

struct Meaning {
  unsigned code;
  ErrorCode error;
  Remedy remedy;
  std::string_view message;
};

constexpr std::string_view is_busy = "is busy with other changes of the same";
constexpr std::string_view is_read_only = "accepts no changes, as it is a replica or read-only";
constexpr std::string_view was_lost = "closed the connection";

constexpr Meaning meanings[] = {
    {1062, ErrorCode::duplicate, Remedy::none, ""},
    {1451, ErrorCode::conflict, Remedy::none, ""},            // others refer to the row
    {1061, ErrorCode::duplicate, Remedy::none, ""},           // an index of that name
    {1205, ErrorCode::unavailable, Remedy::repeat, is_busy},  // waited too long for a lock
    // A deadlock, or in a Galera cluster: another node changed the same rows.
    {1213, ErrorCode::unavailable, Remedy::repeat, is_busy},
    {1020, ErrorCode::unavailable, Remedy::repeat, is_busy},  // changed since the snapshot
    // A session knows the indexes that it found; the next one does without.
    {1176, ErrorCode::unavailable, Remedy::reconnect, "lost an index"},
    {1047, ErrorCode::unavailable, Remedy::reconnect, "is not in its cluster's primary component"},
    {1290, ErrorCode::unavailable, Remedy::reconnect, is_read_only},
    {1792, ErrorCode::unavailable, Remedy::reconnect, is_read_only},
    {1836, ErrorCode::unavailable, Remedy::reconnect, is_read_only},
    {1053, ErrorCode::unavailable, Remedy::reconnect, "is stopping"},
    {1927, ErrorCode::unavailable, Remedy::reconnect, was_lost},
    {2006, ErrorCode::unavailable, Remedy::reconnect, was_lost},
    {2013, ErrorCode::unavailable, Remedy::reconnect, was_lost},
    {2014, ErrorCode::unavailable, Remedy::reconnect, was_lost},
    {2026, ErrorCode::unavailable, Remedy::reconnect, was_lost},
    {2055, ErrorCode::unavailable, Remedy::reconnect, was_lost},
    {1159, ErrorCode::unavailable, Remedy::reconnect, was_lost},
    {1161, ErrorCode::unavailable, Remedy::reconnect, was_lost},
    {4031, ErrorCode::unavailable, Remedy::reconnect, was_lost},
    {1317, ErrorCode::unavailable, Remedy::none, "cancelled the statement"},
    {1969, ErrorCode::unavailable, Remedy::none, "cancelled the statement"},
    {1040, ErrorCode::unavailable, Remedy::none, "has too many connections"},
    {1203, ErrorCode::unavailable, Remedy::none, "has too many connections"},
    {1021, ErrorCode::unavailable, Remedy::none, "has no room on its disk"},
    {1114, ErrorCode::unavailable, Remedy::none, "has no room for its tables"},
    {1026, ErrorCode::unavailable, Remedy::none, "cannot write to its disk"},
    // What a client sent and no column can hold or be compared with.
    {1267, ErrorCode::invalid, Remedy::none, "cannot hold a value of the request"},
    {1270, ErrorCode::invalid, Remedy::none, "cannot hold a value of the request"},
    {1271, ErrorCode::invalid, Remedy::none, "cannot hold a value of the request"},
    {1264, ErrorCode::invalid, Remedy::none, "cannot hold a value of the request"},
    {1292, ErrorCode::invalid, Remedy::none, "cannot hold a value of the request"},
    {1366, ErrorCode::invalid, Remedy::none, "cannot hold a value of the request"},
    {1406, ErrorCode::invalid, Remedy::none, "cannot hold a value of the request"},
};

unsigned code_of(const soci::soci_error& error) {
  const auto* from_server = dynamic_cast<const soci::mysql_soci_error*>(&error);
  return from_server ? from_server->err_num_ : 0;
}

/// What connecting fails with until an operator mends it: names, passwords, rights and certificates.
bool needs_operator(unsigned code) {
  constexpr unsigned codes[] = {1044, 1045, 1049, 1698, 2026, 2059, 2061, 1130, 1251, 1275};
  return std::find(std::begin(codes), std::end(codes), code) != std::end(codes);
}

class Mariadb : public Engine {
 public:
  const Dialect& dialect() const override { return dialect_of_mariadb; }

  void open(soci::session& session, const Settings& settings, Watchdog*) const override {
    require_known_tls(settings.server);
    try {
      session.open(soci::mysql, connect_string(settings));
      require_tls(session, settings);
      prepare(session, settings);
    } catch (const soci::soci_error& error) {
      // The server names user, host and database, but never the password.
      throw Error(needs_operator(code_of(error)) ? ErrorCode::configuration : ErrorCode::unavailable,
                  fmt::format("Cannot connect to the MariaDB database: {}.", error.get_error_message()));
    }
  }

  Failure failure_of(soci::session&, const soci::soci_error& error,
                     std::string_view statement) const override {
    const unsigned code = code_of(error);
    const auto meaning = std::find_if(std::begin(meanings), std::end(meanings),
                                      [&](const Meaning& row) { return row.code == code; });
    if (meaning == std::end(meanings)) {
      return {Error(ErrorCode::internal, fmt::format("MariaDB's error {} in: {}", code, statement))};
    }
    if (meaning->message.empty()) {
      return {Error(meaning->error, fmt::format("MariaDB's error {} in: {}", code, statement))};
    }
    return {database_error(meaning->error, meaning->message), meaning->remedy};
  }

  bool is_in_transaction(soci::session& session) const override {
    return (handle(session)->server_status & SERVER_STATUS_IN_TRANS) != 0;
  }

  int watched_socket(soci::session&) const override { return -1; }

 private:
  /// The client library goes on in the clear with a server that has no TLS.
  static void require_tls(soci::session& session, const Settings& settings) {
    if (!asks_for_tls(settings.server) || mysql_get_ssl_cipher(handle(session)) != nullptr) return;
    session.close();
    throw Error(ErrorCode::configuration,
                "Cannot connect to the MariaDB database: it offers no TLS, which the connection's parameters "
                "ask for.");
  }

  static void prepare(soci::session& session, const Settings& settings) {
    // Lists look at one image after the other for its tags and properties until a page is full. Turned round,
    // all images that have them would be read. MySQL does not know the switch, nor reads the comment.
    session << "SET SESSION autocommit = 1 /*M! , SESSION optimizer_switch = 'exists_to_in=off' */";
    session << "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ";
    session << fmt::format("SET SESSION innodb_lock_wait_timeout = {}",
                           std::max<std::int64_t>(settings.busy_timeout.count() / 1000, 1));
    if (!settings.sql_mode.empty()) {
      session << "SET SESSION sql_mode = :mode", soci::use(settings.sql_mode);
    }
    if (settings.wsrep_sync_wait) {
      session << fmt::format("SET SESSION wsrep_sync_wait = {}", *settings.wsrep_sync_wait);
    }
  }
};

}  // namespace

const Engine& mariadb_engine() {
  static const Mariadb engine;
  return engine;
}

}  // namespace vitrine::catalog::sql
