#include "http/loop.h"

#include <pthread.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cassert>

#include "http/connection.h"

namespace vitrine::http {
namespace {

constexpr std::chrono::milliseconds shortest_sweep{5};

}  // namespace

Loop::Loop() : work_(context_.get_executor()), timer_(context_.get_executor()) {
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "http-io");
    context_.run();
  });
}

Loop::~Loop() {
  work_.reset();
  asio::post(context_, [this] { timer_.cancel(); });
  thread_.join();
  assert(connections_.empty());
}

void Loop::expect(Deadline deadline) {
  if (deadline >= armed_) return;
  armed_ = deadline;
  timer_.expires_at(deadline);
  timer_.async_wait([this](const SystemError& error) {
    if (!error) sweep();
  });
}

void Loop::sweep() {
  armed_ = Deadline::max();
  const auto now = std::chrono::steady_clock::now();
  Deadline next = Deadline::max();
  for (Connection* connection : connections_) next = std::min(next, connection->sweep(now));
  if (next != Deadline::max()) expect(std::max(next, now + shortest_sweep));
}

void Loop::post_to_all(std::function<void(Connection&)> call) {
  asio::post(context_, [this, call = std::move(call)] {
    for (Connection* connection : connections_) call(*connection);
  });
}

}  // namespace vitrine::http
