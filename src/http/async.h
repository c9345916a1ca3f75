#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <functional>

#include "threads/worker_pool.h"

/// What the room's coroutines are made of. Private to the room: it brings in Asio.
namespace vitrine::http {

namespace asio = boost::asio;

using Executor = asio::io_context::executor_type;
template <class T>
using Async = asio::awaitable<T, Executor>;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;
using SystemError = boost::system::error_code;

/// The completion token of an await that reports into `error` instead of throwing.
inline auto reporting_to(SystemError& error) {
  return asio::redirect_error(asio::use_awaitable_t<Executor>(), error);
}

/// Wakes one coroutine on its own thread. Set before it is waited for, it is remembered.
class Signal {
 public:
  explicit Signal(const Executor& executor)
      : timer_(executor, std::chrono::steady_clock::time_point::max()) {}

  void set();
  Async<void> wait();

 private:
  Timer timer_;
  bool is_set_ = false;
};

using Work = std::function<void()>;

/// Work that runs on a pool while its coroutine does something else, one piece at a time. Whoever starts it
/// waits for it before the job, or what the work refers to, goes away.
class Job {
 public:
  explicit Job(const Executor& executor) : executor_(executor), ended_(executor) {}
  /// `after` runs on the coroutine's thread as soon as work has ended.
  Job(const Executor& executor, std::function<void()> after)
      : executor_(executor), ended_(executor), after_(std::move(after)) {}

  void start(threads::WorkerPool& pool, const Work& work);
  /// Waits for what was started, if anything was.
  Async<void> wait();
  /// Starts, waits, and throws what the work threw.
  Async<void> run(threads::WorkerPool& pool, const Work& work);

  bool has_failed() const { return !is_running_ && error_ != nullptr; }
  /// What the last work threw, or null; afterwards the job has not failed any more.
  std::exception_ptr take_error() { return std::exchange(error_, nullptr); }

 private:
  void end(std::exception_ptr error);

  Executor executor_;
  Signal ended_;
  std::function<void()> after_;
  bool is_running_ = false;
  std::exception_ptr error_;
};

}  // namespace vitrine::http
