#include "http/async.h"

#include <boost/asio/post.hpp>
#include <cassert>
#include <utility>

namespace vitrine::http {

void Signal::set() {
  is_set_ = true;
  timer_.cancel();
}

Async<void> Signal::wait() {
  while (!is_set_) {
    SystemError cancelled;
    auto token = reporting_to(cancelled);
    co_await timer_.async_wait(token);
  }
  is_set_ = false;
}

void Job::start(threads::WorkerPool& pool, const Work& work) {
  assert(!is_running_);
  is_running_ = true;
  error_ = nullptr;
  pool.post([this, &work] {
    std::exception_ptr error;
    try {
      work();
    } catch (...) {
      error = std::current_exception();
    }
    // Nothing of the job may be touched after this: it may be gone.
    asio::post(executor_, [this, error = std::move(error)]() mutable { end(std::move(error)); });
  });
}

void Job::end(std::exception_ptr error) {
  is_running_ = false;
  error_ = std::move(error);
  ended_.set();
  if (after_) after_();
}

Async<void> Job::wait() {
  while (is_running_) co_await ended_.wait();
}

Async<void> Job::run(threads::WorkerPool& pool, const Work& work) {
  start(pool, work);
  co_await wait();
  const std::exception_ptr error = take_error();
  if (error) std::rethrow_exception(error);
}

}  // namespace vitrine::http
