#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "catalog/sql/session.h"
#include "catalog/sql/settings.h"
#include "catalog/sql/watchdog.h"

namespace vitrine::catalog::sql {

/// A bounded number of connections, opened when first needed and kept. May be shared between threads. A unit
/// of work borrows one connection for its length; its time belongs to SQL alone, never to stores or clients.
/// Work that met another transaction, or whose connection got lost before its commit, is done again. Throws
/// Error{unavailable} when no connection becomes free in time, or the server cannot be reached.
class Database {
 public:
  explicit Database(Settings settings);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const Dialect& dialect() const { return settings_.engine->dialect(); }

  /// Runs `work(Session&)` in one snapshot of the database and returns what it returned.
  template <class Work>
  auto read(Work&& work) {
    return repeatedly(Access::read, work);
  }

  /// Runs `work(Session&)` and commits, or changes nothing if it throws. The work may run several times, so
  /// it touches nothing outside the session; it locks the rows that it changes before it reads them.
  template <class Work>
  auto write(Work&& work) {
    const WriterTurn turn(*this);
    return repeatedly(Access::write, work);
  }

 private:
  /// The right to write. Where the engine has one writer at a time, waiting for the turn here costs no
  /// polling of the file's lock, and no connection that a reader could use; elsewhere everybody has it.
  class WriterTurn {
   public:
    explicit WriterTurn(Database& database);
    ~WriterTurn();
    WriterTurn(const WriterTurn&) = delete;
    WriterTurn& operator=(const WriterTurn&) = delete;

   private:
    Database& database_;
  };

  class Lease {
   public:
    explicit Lease(Database& database) : database_(database), session_(database.take()) {}
    ~Lease() { database_.give_back(std::move(session_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    Session& session() { return *session_; }

   private:
    Database& database_;
    std::unique_ptr<Session> session_;
  };

  /// How long work that met others, or lost its connection, is tried again.
  class Patience {
   public:
    explicit Patience(const Settings& settings) : deadline_(deadline_in(settings.busy_timeout)) {}

    bool allows(Remedy remedy);
    /// Waits a little, and not as long as others who failed at the same time.
    void pause();

   private:
    const Deadline deadline_;
    int conflicts_ = 0;
    int lost_connections_ = 0;
  };

  template <class Work>
  auto repeatedly(Access access, Work& work) {
    for (Patience patience(settings_);; patience.pause()) {
      Lease lease(*this);
      Session& session = lease.session();
      bool may_be_done = false;
      try {
        Transaction transaction(session, access);
        auto result = work(session);
        may_be_done = access == Access::write;
        transaction.commit();
        return result;
      } catch (const Error&) {
        const Remedy remedy = session.remedy();
        if (remedy == Remedy::reconnect && may_be_done) throw lost_commit();
        if (!patience.allows(remedy)) throw;
      }
    }
  }

  static Error lost_commit();
  bool may_open_another() const { return !settings_.most_connections || open_ < *settings_.most_connections; }
  bool is_worn(const Session& session) const;
  std::unique_ptr<Session> take();
  void give_back(std::unique_ptr<Session> session) noexcept;

  const Settings settings_;
  std::optional<Watchdog> watchdog_;  ///< where the client library needs one
  std::mutex mutex_;
  std::condition_variable session_returned_;
  std::condition_variable writer_done_;
  std::vector<std::unique_ptr<Session>> idle_;
  std::size_t open_ = 0;
  bool has_writer_ = false;
};

}  // namespace vitrine::catalog::sql
