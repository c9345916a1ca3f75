#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/sql/dialect.h"
#include "catalog/sql/engine.h"
#include "catalog/sql/settings.h"
#include "catalog/sql/value.h"

namespace vitrine::catalog::sql {

class Statement;

/// The rows that a query found, one at a time; columns are counted from 0. Ends the query when destroyed, so
/// that it holds no lock: the same text must not be run again before. Functions throw Error.
class Rows {
 public:
  explicit Rows(Statement& statement) : statement_(statement) {}
  ~Rows();
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  /// Goes to the next row, at first to the first one; false if there is none.
  bool next();

  bool is_null(std::size_t column) const;
  /// The empty text for NULL.
  const std::string& text(std::size_t column) const;
  /// 0 for NULL.
  std::int64_t integer(std::size_t column) const;
  std::optional<std::string> optional_text(std::size_t column) const;
  std::optional<std::int64_t> optional_integer(std::size_t column) const;

 private:
  Statement& statement_;
};

enum class Access { read, write };

/// One connection to the database with the statements that it has prepared. Serves one thread at a time.
/// Statements name their parameters `:name`, each name once, and get their values in that order. Functions
/// throw Error; a constraint for uniqueness that is broken is Error{duplicate}.
class Session {
 public:
  /// The watchdog, if there is one, must outlive the session.
  explicit Session(const Settings& settings, Watchdog* watchdog = nullptr);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Runs a query with these types of columns. The statement is prepared once and found again by its text.
  Rows query(std::string_view text, std::span<const Type> columns, const std::vector<Value>& values = {});
  /// Runs any other statement and returns how many rows it changed.
  std::int64_t execute(std::string_view text, const std::vector<Value>& values = {});

  const Dialect& dialect() const;
  std::vector<std::string> table_names();
  /// Whether the engine may miss this index of images, which is there, unless it is told to use it.
  bool has_to_force(std::string_view index);
  bool is_in_transaction() const;

  /// Lets the transaction be the only one, in whatever program, that goes on with this name until it ends.
  /// Throws Error{unavailable} when another one has the name for too long.
  void lock(std::string_view name);

  /// What can be done about the last failure; Remedy::reconnect stays.
  Remedy remedy() const;
  std::chrono::steady_clock::time_point opened_at() const;

  /// Forgets prepared statements if there are very many. No Rows may be alive.
  void trim() noexcept;
  std::size_t statement_count() const;

 private:
  friend class Transaction;
  std::vector<std::string> names(std::string_view list);
  Statement& prepared(std::string_view text, std::span<const Type> columns, const std::vector<Value>& values);
  void begin(Access access);
  void commit();
  void roll_back();
  void unlock();

  struct State;
  std::unique_ptr<State> state_;
};

/// Connects when the program starts: as often as the settings say, if the server cannot be reached yet.
std::unique_ptr<Session> connect_at_start(const Settings& settings);

/// A transaction of a session: undone unless it was committed. What it reads is one moment's state of the
/// database; for Access::write each statement sees what was committed before it, so lock what you change
/// first.
class Transaction {
 public:
  Transaction(Session& session, Access access);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit();

 private:
  Session& session_;
};

}  // namespace vitrine::catalog::sql
