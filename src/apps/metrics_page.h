#pragma once

#include "base/metrics.h"
#include "http/application.h"

namespace vitrine::apps {

/// The metrics listener's only page, `GET /metrics`. Borrows the metrics and the pool.
class MetricsPage : public http::Application {
 public:
  MetricsPage(const Metrics& metrics, threads::WorkerPool& pool) : metrics_(metrics), pool_(pool) {}

  http::Plan plan(const http::Request& request) noexcept override;
  http::Reply answer(const http::Request& request, std::string body, std::stop_token stop) noexcept override;
  std::variant<http::Reply, std::unique_ptr<http::BodySink>> receive(const http::Request& request,
                                                                     std::stop_token stop) noexcept override;
  http::Reply failure(const http::Request& request, std::exception_ptr error) noexcept override;

 private:
  const Metrics& metrics_;
  threads::WorkerPool& pool_;
};

}  // namespace vitrine::apps
