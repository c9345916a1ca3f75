#pragma once

#include <memory>

#include "api/router.h"
#include "api/services.h"
#include "http/application.h"
#include "threads/worker_pool.h"

namespace vitrine::api {

/// The pools that requests run on; see Route::pool.
struct Pools {
  threads::WorkerPool& requests;
  threads::WorkerPool& transfers;
};

/// Every request's way from its head to its answer: version, request id, route, body rule, caller, handler,
/// errors, access log and metrics, in that order.
class Pipeline : public http::Application {
 public:
  /// Services and pools are borrowed and outlive the pipeline, and the pipeline outlives the server.
  Pipeline(Services& services, const Pools& pools);
  ~Pipeline() override;

  http::Plan plan(const http::Request& request) noexcept override;
  http::Reply answer(const http::Request& request, std::string body, std::stop_token stop) noexcept override;
  std::variant<http::Reply, std::unique_ptr<http::BodySink>> receive(const http::Request& request,
                                                                     std::stop_token stop) noexcept override;
  http::Reply failure(const http::Request& request, std::exception_ptr error) noexcept override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vitrine::api
