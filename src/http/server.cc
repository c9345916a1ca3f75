#include "http/server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <optional>

#include "base/error.h"
#include "base/log.h"
#include "http/loop.h"
#include "http/session.h"
#include "http/tls_stream.h"

namespace vitrine::http {
namespace {

using asio::ip::tcp;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;

constexpr std::chrono::milliseconds accept_pause{100};  ///< after a failure, such as too many open files

/// Counts what is under way, so that somebody can wait until nothing is. May be shared between threads.
class Census {
 public:
  void enter() {
    const std::lock_guard lock(mutex_);
    ++count_;
  }
  void leave() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) none_.notify_all();
  }
  std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }
  bool wait_for_none(Deadline deadline) {
    std::unique_lock lock(mutex_);
    return none_.wait_until(lock, deadline, [this] { return count_ == 0; });
  }
  void wait_for_none() {
    std::unique_lock lock(mutex_);
    none_.wait(lock, [this] { return count_ == 0; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable none_;
  std::size_t count_ = 0;
};

std::string address_of(const tcp::endpoint& endpoint) {
  const asio::ip::address address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

[[noreturn]] void refuse(const Endpoint& endpoint, const std::string& why) {
  throw Error(ErrorCode::configuration, "Cannot listen on " + endpoint.host + " port " +
                                            std::to_string(endpoint.port) + ": " + why + ".");
}

tcp::endpoint resolve(asio::io_context& context, const Endpoint& endpoint) {
  SystemError error;
  const auto literal = asio::ip::make_address(endpoint.host, error);
  if (!error) return {literal, endpoint.port};
  tcp::resolver resolver(context);
  const auto found =
      resolver.resolve(endpoint.host, std::to_string(endpoint.port), tcp::resolver::passive, error);
  if (error || found.empty()) refuse(endpoint, error.message());
  return found.begin()->endpoint();
}

/// Connections inherit the options of the socket that accepts them.
void set_options(Acceptor& acceptor, const ServerSettings& settings) {
  const int keepidle = static_cast<int>(settings.tcp_keepidle.count());
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  acceptor.set_option(asio::socket_base::keep_alive(true));
  acceptor.set_option(tcp::no_delay(true));
  ::setsockopt(acceptor.native_handle(), IPPROTO_TCP, TCP_KEEPIDLE, &keepidle, sizeof keepidle);
}

Acceptor listen(asio::io_context& context, const Endpoint& endpoint, const ServerSettings& settings) {
  const tcp::endpoint address = resolve(context, endpoint);
  try {
    Acceptor acceptor(context.get_executor(), address.protocol());
    set_options(acceptor, settings);
    // "::" alone serves both families; beside an IPv4 endpoint it must leave that family to it.
    if (address.address().is_v6() && settings.endpoints.size() > 1)
      acceptor.set_option(asio::ip::v6_only(true));
    acceptor.bind(address);
    acceptor.listen(endpoint.backlog);
    return acceptor;
  } catch (const boost::system::system_error& error) {
    refuse(endpoint, error.code().message());
  }
}

}  // namespace

struct Server::State {
  State(const ServerSettings& its_settings, Application& application, threads::BufferPool& buffers);
  ~State();

  void stop_accepting(Phase phase);
  Async<void> accept(Acceptor& acceptor);
  Async<void> serve(Loop& loop, Socket socket);
  void start(Loop& loop, Socket socket);

  const ServerSettings settings;
  Service service;
  std::optional<TlsContext> tls;
  Census sessions;
  Census listeners;
  std::vector<std::unique_ptr<Loop>> loops;
  std::vector<Acceptor> acceptors;  ///< on the first loop
  std::vector<std::uint16_t> ports;
  std::size_t next_loop = 0;
};

Server::State::State(const ServerSettings& its_settings, Application& application,
                     threads::BufferPool& buffers)
    : settings(its_settings), service{settings, application, buffers} {
  // sendfile(2) and OpenSSL have no other way to survive a client that has gone.
  std::signal(SIGPIPE, SIG_IGN);
  if (settings.tls) tls.emplace(*settings.tls);
  for (std::size_t i = 0; i < std::max<std::size_t>(1, settings.io_threads); ++i) {
    loops.push_back(std::make_unique<Loop>());
  }
  asio::io_context& context = loops.front()->context();
  for (const Endpoint& endpoint : settings.endpoints) {
    acceptors.push_back(listen(context, endpoint, settings));
    ports.push_back(acceptors.back().local_endpoint().port());
  }
  for (Acceptor& acceptor : acceptors) {
    listeners.enter();
    asio::co_spawn(context, accept(acceptor), [this](const std::exception_ptr&) { listeners.leave(); });
  }
}

Server::State::~State() {
  stop_accepting(Phase::stopping);
  for (const auto& loop : loops) loop->post_to_all([](Connection& connection) { connection.stop(); });
  sessions.wait_for_none();
}

/// Returns when no further connection can come. Sessions see the phase before they wait for another request.
void Server::State::stop_accepting(Phase phase) {
  service.phase = phase;
  if (listeners.count() == 0) return;
  asio::post(loops.front()->context(), [this] {
    SystemError ignored;
    for (Acceptor& acceptor : acceptors) acceptor.close(ignored);
  });
  listeners.wait_for_none();
}

Async<void> Server::State::accept(Acceptor& acceptor) {
  Timer pause(acceptor.get_executor());
  bool has_failed = false;
  while (acceptor.is_open()) {
    Loop& loop = *loops[next_loop++ % loops.size()];
    Socket socket(loop.context().get_executor());
    SystemError error;
    auto token = reporting_to(error);
    co_await acceptor.async_accept(socket, token);
    if (!error) {
      start(loop, std::move(socket));
      has_failed = false;
      continue;
    }
    if (!acceptor.is_open()) break;
    if (!std::exchange(has_failed, true))
      log::error("Cannot accept connections for now: {}", error.message());
    pause.expires_after(accept_pause);
    co_await pause.async_wait(token);
  }
}

void Server::State::start(Loop& loop, Socket socket) {
  sessions.enter();
  asio::co_spawn(loop.context(), serve(loop, std::move(socket)),
                 [this](const std::exception_ptr&) { sessions.leave(); });
}

Async<void> Server::State::serve(Loop& loop, Socket socket) {
  SystemError error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  Ends ends{.client = address_of(peer), .port = socket.local_endpoint(error).port()};
  if (error || service.phase == Phase::stopping) co_return;
  socket.native_non_blocking(true, error);
  const int handle = socket.native_handle();
  std::unique_ptr<ByteStream> stream = tls ? tls->stream(handle) : plain_stream(handle);
  Connection connection(loop, std::move(socket), std::move(stream));
  Session session(service, connection, std::move(ends));
  try {
    co_await session.run();
  } catch (const Error& problem) {
    log::debug("The connection from {} ended: {}", address_of(peer), problem.what());
  } catch (const std::exception& problem) {
    log::error("The connection from {} ended: {}", address_of(peer), problem.what());
  }
}

Server::Server(const ServerSettings& settings, Application& application, threads::BufferPool& buffers)
    : state_(std::make_unique<State>(settings, application, buffers)) {}

Server::~Server() = default;

std::vector<std::uint16_t> Server::ports() const {
  return state_->ports;
}

bool Server::drain(Deadline deadline) {
  state_->stop_accepting(Phase::draining);
  for (const auto& loop : state_->loops) {
    loop->post_to_all([](Connection& connection) { connection.close_if_idle(); });
  }
  return state_->sessions.wait_for_none(deadline);
}

std::size_t Server::connections() const {
  return state_->sessions.count();
}

}  // namespace vitrine::http
