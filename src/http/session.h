#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <stop_token>
#include <string>

#include "http/application.h"
#include "http/async.h"
#include "http/body_reader.h"
#include "http/connection.h"
#include "http/request_head.h"
#include "http/server.h"

namespace vitrine::http {

enum class Phase { serving, draining, stopping };

/// What all sessions of a server share.
struct Service {
  const ServerSettings& settings;
  Application& application;
  threads::BufferPool& buffers;
  std::atomic<Phase> phase = Phase::serving;
};

/// The two ends of a connection.
struct Ends {
  std::string client;  ///< address
  std::uint16_t port;  ///< of ours
};

/// Serves the requests of one connection, one after the other.
class Session {
 public:
  Session(Service& service, Connection& connection, Ends ends);
  ~Session() { connection_.serve(nullptr); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Until the connection is of no further use. Throws only what waiting throws.
  Async<void> run();

 private:
  Async<bool> exchange();
  Async<bool> read_head();
  Async<bool> await_request();
  Async<void> respond(BodyReader& body);
  Async<void> answer(BodyReader& body);
  Async<void> receive(BodyReader& body);
  Async<void> fail(std::exception_ptr error);
  Async<bool> reply(bool closes);
  Async<void> read_text(BodyReader& body, std::string& text);
  Async<void> run_watched(const Work& work);
  bool may_keep() const;
  Pace transfer_pace() const;

  Service& service_;
  Connection& connection_;
  Ends ends_;
  Job job_;
  Head head_;
  Plan plan_;
  std::stop_source stop_;  ///< of the present request
  Reply reply_;
};

}  // namespace vitrine::http
