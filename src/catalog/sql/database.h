#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "catalog/sql/session.h"
#include "catalog/sql/settings.h"

namespace vitrine::catalog::sql {

/// A bounded number of connections, opened when first needed and kept. May be shared between threads. A unit
/// of work borrows one connection for its length; its time belongs to SQL alone, never to stores or clients.
/// Throws Error{unavailable} when none becomes free in time.
class Database {
 public:
  explicit Database(Settings settings) : settings_(std::move(settings)) {}
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Runs `work(Session&)` in one snapshot of the database and returns what it returned.
  template <class Work>
  auto read(Work&& work) {
    Lease lease(*this);
    return in_transaction(lease.session(), Access::read, work);
  }

  /// Runs `work(Session&)` as the only writer and commits, or changes nothing if it throws. The work may run
  /// twice, so it touches nothing outside the session.
  template <class Work>
  auto write(Work&& work) {
    const WriterTurn turn(*this);
    Lease lease(*this);
    return in_transaction(lease.session(), Access::write, work);
  }

 private:
  /// The right to write. The engine has one writer at a time: waiting for the turn here costs no polling of
  /// the file's lock, and no connection that a reader could use.
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

  template <class Work>
  static auto in_transaction(Session& session, Access access, Work& work) {
    Transaction transaction(session, access);
    auto result = work(session);
    transaction.commit();
    return result;
  }

  bool may_open_another() const { return settings_.pool_size == 0 || open_ < settings_.pool_size; }
  std::unique_ptr<Session> take();
  void give_back(std::unique_ptr<Session> session) noexcept;

  const Settings settings_;
  std::mutex mutex_;
  std::condition_variable session_returned_;
  std::condition_variable writer_done_;
  std::vector<std::unique_ptr<Session>> idle_;
  std::size_t open_ = 0;
  bool has_writer_ = false;
};

}  // namespace vitrine::catalog::sql
