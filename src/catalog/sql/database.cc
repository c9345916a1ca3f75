#include "catalog/sql/database.h"

#include <algorithm>
#include <random>
#include <thread>

#include "base/error.h"

namespace vitrine::catalog::sql {

Database::Database(Settings settings) : settings_(std::move(settings)) {
  const bool needs_watchdog = settings_.engine->dialect().waits_without_end;
  if (needs_watchdog && settings_.answer_timeout.count() > 0) watchdog_.emplace(settings_.answer_timeout);
}

Database::WriterTurn::WriterTurn(Database& database) : database_(database) {
  if (!database.dialect().has_one_writer) return;
  std::unique_lock lock(database_.mutex_);
  const bool is_my_turn = database_.writer_done_.wait_for(lock, database_.settings_.busy_timeout,
                                                          [&] { return !database_.has_writer_; });
  if (!is_my_turn) {
    throw Error(ErrorCode::unavailable, "Other changes keep the database busy. Try again later.");
  }
  database_.has_writer_ = true;
}

Database::WriterTurn::~WriterTurn() {
  if (!database_.dialect().has_one_writer) return;
  const std::lock_guard lock(database_.mutex_);
  database_.has_writer_ = false;
  database_.writer_done_.notify_one();
}

bool Database::Patience::allows(Remedy remedy) {
  // A second connection that is lost at once says that the server is.
  constexpr int most_lost_connections = 2;
  if (remedy == Remedy::reconnect) return ++lost_connections_ <= most_lost_connections;
  return remedy == Remedy::repeat && std::chrono::steady_clock::now() < deadline_;
}

void Database::Patience::pause() {
  constexpr int most_milliseconds = 250;
  static thread_local std::minstd_rand random(std::random_device{}());
  const int longest = std::min(most_milliseconds, 5 << std::min(++conflicts_, 6));
  std::this_thread::sleep_for(
      std::chrono::milliseconds(std::uniform_int_distribution<int>(1, longest)(random)));
}

Error Database::lost_commit() {
  return Error(
      ErrorCode::unavailable,
      "The database closed the connection during a commit, so the change may have been made or not. Look, "
      "and try again if need be.");
}

bool Database::is_worn(const Session& session) const {
  return settings_.recycle_time &&
         std::chrono::steady_clock::now() - session.opened_at() >= *settings_.recycle_time;
}

std::unique_ptr<Session> Database::take() {
  std::unique_lock lock(mutex_);
  const bool is_free = session_returned_.wait_for(lock, settings_.pool_timeout,
                                                  [&] { return !idle_.empty() || may_open_another(); });
  if (!is_free) {
    throw Error(ErrorCode::unavailable, "All connections to the database are in use. Try again later.");
  }
  std::unique_ptr<Session> worn;  // closed without the lock
  if (!idle_.empty()) {
    std::unique_ptr<Session> session = std::move(idle_.back());
    idle_.pop_back();
    if (!is_worn(*session)) return session;
    worn = std::move(session);
  } else {
    ++open_;
  }
  lock.unlock();
  worn.reset();
  try {
    return std::make_unique<Session>(settings_, watchdog_ ? &*watchdog_ : nullptr);
  } catch (...) {
    give_back(nullptr);
    throw;
  }
}

void Database::give_back(std::unique_ptr<Session> session) noexcept {
  std::vector<std::unique_ptr<Session>> lost;  // closed without the lock
  const bool is_lost = session && session->remedy() == Remedy::reconnect;
  if (session && (is_lost || session->is_in_transaction())) session.reset();  // it could not be rolled back
  if (session) session->trim();
  const std::lock_guard lock(mutex_);
  // Who lost one connection has most likely lost all.
  if (is_lost) {
    lost.swap(idle_);
    open_ -= lost.size();
  }
  const bool is_kept = session && (settings_.pool_size == 0 || idle_.size() < settings_.pool_size);
  if (is_kept) {
    idle_.push_back(std::move(session));
  } else {
    --open_;
  }
  session_returned_.notify_all();  // several places may have become free
}

}  // namespace vitrine::catalog::sql
