#include "catalog/sql/session.h"

#include <soci/soci.h>

#include <algorithm>
#include <cassert>
#include <functional>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/log.h"
#include "catalog/sql/watchdog.h"

namespace vitrine::catalog::sql {
namespace {

/// Many times what the service's own statements need; only odd combinations of sort keys come near it.
constexpr std::size_t most_statements = 200;

/// The memory that a parameter or a column is bound to for as long as the statement lives.
struct Cell {
  Type type;
  std::string text;
  long long integer = 0;  // the type that SOCI knows
  soci::indicator state = soci::i_null;
};

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

}  // namespace

struct Connection {
  const Engine& engine;
  Watchdog* watchdog = nullptr;
  soci::session session{};
  Remedy remedy = Remedy::none;
};

/// A statement, prepared when it first runs and kept so. SOCI offers no way to reset one that failed, and a
/// failed one may go on holding memory, in SQLite also a lock, so after a failure it is prepared anew.
class Statement {
 public:
  Statement(Connection& connection, std::string_view text, std::span<const Type> columns,
            const std::vector<Value>& values)
      : connection_(connection), text_(text) {
    for (const Value& value : values) parameters_.push_back({.type = value.type});
    for (const Type type : columns) columns_.push_back({.type = type});
  }

  void run(const std::vector<Value>& values) {
    assert(values.size() == parameters_.size());
    require_sendable(values);
    for (std::size_t i = 0; i < values.size(); ++i) set(parameters_[i], values[i]);
    is_first_ = true;
    has_row_ = attempt([this] {
      if (!handle_) prepare();
      return handle_->execute(true);
    });
  }

  bool next() {
    if (is_first_) {
      is_first_ = false;
    } else if (has_row_) {
      has_row_ = attempt([this] { return handle_->fetch(); });
    }
    return has_row_;
  }

  std::int64_t changed_rows() { return handle_->get_affected_rows(); }

  const Cell& column(std::size_t index) const { return columns_.at(index); }

 private:
  void prepare() {
    handle_.emplace(connection_.session);
    handle_->alloc();
    handle_->prepare(text_);
    for (Cell& cell : parameters_) bind_parameter(cell);
    for (Cell& cell : columns_) bind_column(cell);
    handle_->define_and_bind();
  }

  void require_sendable(const std::vector<Value>& values) const {
    if (connection_.engine.dialect().holds_nul) return;
    for (const Value& value : values) {
      if (value.text.find('\0') == std::string_view::npos) continue;
      throw Error(ErrorCode::invalid, "The request holds a NUL character, which the database cannot hold.");
    }
  }

  void bind_parameter(Cell& cell) {
    if (cell.type == Type::text) {
      handle_->exchange(soci::use(cell.text, cell.state));
    } else {
      handle_->exchange(soci::use(cell.integer, cell.state));
    }
  }

  void bind_column(Cell& cell) {
    if (cell.type == Type::text) {
      handle_->exchange(soci::into(cell.text, cell.state));
    } else {
      handle_->exchange(soci::into(cell.integer, cell.state));
    }
  }

  static void set(Cell& cell, const Value& value) {
    cell.state = value.is_null ? soci::i_null : soci::i_ok;
    cell.text.assign(value.text);
    cell.integer = value.integer;
  }

  template <class Step>
  bool attempt(Step&& step) {
    try {
      const Watch watch(connection_.watchdog, connection_.engine.watched_socket(connection_.session));
      return step();
    } catch (const soci::soci_error& error) {
      throw given_up(error);
    }
  }

  Error given_up(const soci::soci_error& error) {
    Failure failure = connection_.engine.failure_of(connection_.session, error, text_);
    if (connection_.remedy != Remedy::reconnect) connection_.remedy = failure.remedy;
    handle_.reset();
    has_row_ = false;
    return std::move(failure.error);
  }

  Connection& connection_;
  const std::string text_;
  std::vector<Cell> parameters_;
  std::vector<Cell> columns_;
  std::optional<soci::statement> handle_;
  bool has_row_ = false;
  bool is_first_ = false;
};

Rows::~Rows() {
  try {
    while (statement_.next()) {
    }
  } catch (const Error& error) {
    log::warning("A query could not be read to its end: {}", error.what());
  }
}

bool Rows::next() {
  return statement_.next();
}

bool Rows::is_null(std::size_t column) const {
  return statement_.column(column).state == soci::i_null;
}

const std::string& Rows::text(std::size_t column) const {
  static const std::string nothing;
  return is_null(column) ? nothing : statement_.column(column).text;
}

std::int64_t Rows::integer(std::size_t column) const {
  return is_null(column) ? 0 : statement_.column(column).integer;
}

std::optional<std::string> Rows::optional_text(std::size_t column) const {
  if (is_null(column)) return {};
  return statement_.column(column).text;
}

std::optional<std::int64_t> Rows::optional_integer(std::size_t column) const {
  if (is_null(column)) return {};
  return statement_.column(column).integer;
}

struct Session::State {
  Connection connection;
  // Destroyed before the connection that they belong to.
  std::unordered_map<std::string, std::unique_ptr<Statement>, TextHash, std::equal_to<>> statements{};
  std::optional<std::vector<std::string>> indexes{};  ///< what list_indexes found
  std::chrono::steady_clock::time_point opened_at = std::chrono::steady_clock::now();
  bool has_locks = false;
};

Session::Session(const Settings& settings, Watchdog* watchdog)
    : state_(new State{.connection = {.engine = *settings.engine, .watchdog = watchdog}}) {
  settings.engine->open(state_->connection.session, settings, watchdog);
}

Session::~Session() = default;

const Dialect& Session::dialect() const {
  return state_->connection.engine.dialect();
}

Statement& Session::prepared(std::string_view text, std::span<const Type> columns,
                             const std::vector<Value>& values) {
  const auto found = state_->statements.find(text);
  if (found != state_->statements.end()) return *found->second;
  auto statement = std::make_unique<Statement>(state_->connection, text, columns, values);
  return *state_->statements.emplace(text, std::move(statement)).first->second;
}

Rows Session::query(std::string_view text, std::span<const Type> columns, const std::vector<Value>& values) {
  Statement& statement = prepared(text, columns, values);
  statement.run(values);
  return Rows(statement);
}

std::int64_t Session::execute(std::string_view text, const std::vector<Value>& values) {
  Statement& statement = prepared(text, {}, values);
  statement.run(values);
  return statement.changed_rows();
}

std::vector<std::string> Session::names(std::string_view list) {
  static constexpr Type columns[] = {Type::text};
  std::vector<std::string> names;
  Rows rows = query(list, columns);
  while (rows.next()) names.push_back(rows.text(0));
  return names;
}

std::vector<std::string> Session::table_names() {
  return names(dialect().list_tables);
}

bool Session::has_to_force(std::string_view index) {
  if (dialect().list_indexes.empty()) return false;
  std::optional<std::vector<std::string>>& known = state_->indexes;
  if (!known) known = names(dialect().list_indexes);
  return std::find(known->begin(), known->end(), index) != known->end();
}

bool Session::is_in_transaction() const {
  return state_->connection.engine.is_in_transaction(state_->connection.session);
}

void Session::lock(std::string_view name) {
  static constexpr Type columns[] = {Type::integer};
  if (dialect().lock_name.empty()) return;
  state_->has_locks = true;
  Rows rows = query(dialect().lock_name, columns, {name});
  if (!rows.next() || rows.integer(0) == 0) {
    throw Error(ErrorCode::unavailable, "Other changes keep the database busy. Try again later.");
  }
}

Remedy Session::remedy() const {
  return state_->connection.remedy;
}

std::chrono::steady_clock::time_point Session::opened_at() const {
  return state_->opened_at;
}

void Session::begin(Access access) {
  if (remedy() == Remedy::repeat) state_->connection.remedy = Remedy::none;
  for (const std::string_view statement :
       access == Access::write ? dialect().begin_write : dialect().begin_read) {
    execute(statement);
  }
}

void Session::commit() {
  execute("COMMIT");
  unlock();
}

void Session::roll_back() {
  execute("ROLLBACK");
  unlock();
}

void Session::unlock() {
  if (!std::exchange(state_->has_locks, false)) return;
  if (!dialect().unlock_names.empty()) execute(dialect().unlock_names);
}

void Session::trim() noexcept {
  if (state_->statements.size() > most_statements) state_->statements.clear();
}

std::size_t Session::statement_count() const {
  return state_->statements.size();
}

std::unique_ptr<Session> connect_at_start(const Settings& settings) {
  for (std::int64_t failures = 0;; ++failures) {
    try {
      return std::make_unique<Session>(settings);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::unavailable || failures == settings.retries) throw;
      log::warning("{} Trying again in {} seconds.", error.what(), settings.retry_interval.count());
    }
    std::this_thread::sleep_for(settings.retry_interval);
  }
}

Transaction::Transaction(Session& session, Access access) : session_(session) {
  session_.begin(access);
}

Transaction::~Transaction() {
  // A failure may have ended the transaction already, and a lost connection has ended it elsewhere.
  if (session_.remedy() == Remedy::reconnect) return;
  try {
    if (session_.is_in_transaction()) session_.roll_back();
    session_.unlock();
  } catch (const Error& error) {
    log::error("A transaction could not be rolled back, its connection is given up: {}", error.what());
  }
}

void Transaction::commit() {
  session_.commit();
}

}  // namespace vitrine::catalog::sql
