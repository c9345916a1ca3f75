#pragma once

#include <exception>
#include <string>

#include "http/async.h"
#include "http/connection.h"
#include "http/message.h"
#include "http/reply_head.h"

namespace vitrine::http {

/// Sends one reply. Its body is read on a worker, and only when the client can take more.
class ReplySender {
 public:
  /// `pool`: where the body is read and done() is called.
  ReplySender(Connection& connection, Job& job, threads::WorkerPool& pool, Reply& reply, const Pace& pace);

  /// Returns whether all went out; a connection for which not all did is of no further use. The reply is used
  /// up afterwards: done() was called and the body destroyed, on the pool.
  Async<bool> send(const Request& request, bool closes);

 private:
  Async<void> send_all(const std::string& head, const Frame& frame);
  Async<void> send_text(const std::string& head, const std::string& text);
  Async<std::exception_ptr> send_file(const FileRange& file);
  Async<void> send_rest(std::exception_ptr failure, const Frame& frame);
  Async<void> send_source(ByteSource& source, const Frame& frame);
  Async<void> send_chunk(const Chunk& chunk, const Work& pull);
  Async<void> write(Bytes bytes, Follows follows);
  Async<void> finish();

  Connection& connection_;
  Job& job_;
  threads::WorkerPool& pool_;
  Reply& reply_;
  Pace pace_;
  Sent sent_;
};

}  // namespace vitrine::http
