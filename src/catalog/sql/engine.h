#pragma once

#include <string_view>

#include "base/error.h"
#include "catalog/sql/dialect.h"
#include "catalog/sql/settings.h"

namespace soci {
class session;
class soci_error;
}  // namespace soci

namespace vitrine::catalog::sql {

class Watchdog;

/// What can be done about a failed statement besides reporting it.
enum class Remedy {
  none,
  repeat,     ///< the transaction: it met another one
  reconnect,  ///< and then repeat: this connection is of no use any more
};

struct Failure {
  Error error;  ///< says nothing of the statement's values: they may hold secrets
  Remedy remedy = Remedy::none;
};

/// The Error for a server that did something: "closed the connection".
Error database_error(ErrorCode code, std::string_view what);

/// One kind of database. Has no state; may be shared between threads.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual const Dialect& dialect() const = 0;

  /// Connects, and prepares the connection for the statements to come, watched if there is who watches.
  /// Throws Error{configuration} for what only an operator can mend, Error{unavailable} otherwise.
  virtual void open(soci::session& session, const Settings& settings, Watchdog* watchdog) const = 0;

  /// What a failed statement means.
  virtual Failure failure_of(soci::session& session, const soci::soci_error& error,
                             std::string_view statement) const = 0;

  virtual bool is_in_transaction(soci::session& session) const = 0;

  /// What a watchdog has to look after while a statement runs; negative where the library does so itself.
  virtual int watched_socket(soci::session& session) const = 0;
};

const Engine& sqlite_engine();
const Engine& postgresql_engine();
const Engine& mariadb_engine();

}  // namespace vitrine::catalog::sql
