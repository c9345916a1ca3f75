#include "catalog/sql/database.h"

#include "base/error.h"

namespace vitrine::catalog::sql {

Database::WriterTurn::WriterTurn(Database& database) : database_(database) {
  std::unique_lock lock(database_.mutex_);
  const bool is_my_turn = database_.writer_done_.wait_for(lock, database_.settings_.busy_timeout,
                                                          [&] { return !database_.has_writer_; });
  if (!is_my_turn) {
    throw Error(ErrorCode::unavailable, "Other changes keep the database busy. Try again later.");
  }
  database_.has_writer_ = true;
}

Database::WriterTurn::~WriterTurn() {
  const std::lock_guard lock(database_.mutex_);
  database_.has_writer_ = false;
  database_.writer_done_.notify_one();
}

std::unique_ptr<Session> Database::take() {
  std::unique_lock lock(mutex_);
  const bool is_free = session_returned_.wait_for(lock, settings_.pool_timeout,
                                                  [&] { return !idle_.empty() || may_open_another(); });
  if (!is_free) {
    throw Error(ErrorCode::unavailable, "All connections to the database are in use. Try again later.");
  }
  if (!idle_.empty()) {
    std::unique_ptr<Session> session = std::move(idle_.back());
    idle_.pop_back();
    return session;
  }
  ++open_;
  lock.unlock();
  try {
    return std::make_unique<Session>(settings_);
  } catch (...) {
    give_back(nullptr);
    throw;
  }
}

void Database::give_back(std::unique_ptr<Session> session) noexcept {
  if (session && session->is_in_transaction()) session.reset();  // it could not be rolled back
  if (session) session->trim();
  const std::lock_guard lock(mutex_);
  if (session) {
    idle_.push_back(std::move(session));
  } else {
    --open_;
  }
  session_returned_.notify_one();
}

}  // namespace vitrine::catalog::sql
