#pragma once

#include <memory>

#include "access/identification.h"
#include "access/policy.h"
#include "access/property_protections.h"
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

/// Who says who is calling, and what callers may do. Borrowed.
struct Guards {
  access::Identification& identification;
  access::Policy& policy;
  access::LiveProtections& protections;
};

/// Every request's way from its head to its answer: version, request id, caller, route, body rule, handler,
/// errors, access log and metrics, in that order.
class Pipeline : public http::Application {
 public:
  /// Everything is borrowed and outlives the pipeline, and the pipeline outlives the server.
  Pipeline(Services& services, const Guards& guards, const Pools& pools);
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
