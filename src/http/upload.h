#pragma once

#include <exception>
#include <memory>
#include <stop_token>

#include "http/async.h"
#include "http/body_reader.h"
#include "http/connection.h"
#include "http/message.h"
#include "threads/buffer_pool.h"

namespace vitrine::http {

/// Carries one request's body from the socket into the application's sink: while a chunk is being written on
/// the pool, the next one is read.
class Upload {
 public:
  Upload(const Request& request, Connection& connection, BodyReader& body, threads::BufferPool& buffers,
         threads::WorkerPool& pool, std::unique_ptr<BodySink> sink, std::stop_source& stop);

  /// Gets the reply of finish(), or throws what ended the body: what the sink threw, else what reading it
  /// threw after the sink was told to abandon. The sink is gone by then.
  Async<void> run(Reply& reply);

 private:
  Async<void> pump();
  Async<void> settle(std::exception_ptr error);
  Reason reason(const std::exception_ptr& error) const;

  const Request& request_;
  Connection& connection_;
  BodyReader& body_;
  threads::BufferPool& buffers_;
  threads::WorkerPool& pool_;
  std::unique_ptr<BodySink> sink_;
  std::stop_source& stop_;
  bool is_pumping_ = false;
  Chunk travelling_;  ///< what the sink is being given
  Work write_ = [this] { sink_->write(std::move(travelling_)); };
  Job job_;
};

}  // namespace vitrine::http
