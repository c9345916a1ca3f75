#pragma once

#include <atomic>
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

/// Serves the requests of one connection, one after the other.
class Session {
 public:
  Session(Service& service, Connection& connection, std::string client);
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
  std::string client_;
  Job job_;
  Head head_;
  Plan plan_;
  std::stop_source stop_;  ///< of the present request
  Reply reply_;
};

}  // namespace vitrine::http
