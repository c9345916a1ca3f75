#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "api/services.h"
#include "base/metrics.h"
#include "http/message.h"

namespace vitrine::api {

/// Counts answered requests by route and status. May be shared between threads.
class RequestMetrics {
 public:
  explicit RequestMetrics(Metrics& metrics) : metrics_(metrics) {}

  void count(const std::string& method, const std::string& route, unsigned status, double seconds);

 private:
  struct Series {
    Metrics::Counter requests;
    Metrics::Histogram latency;
  };

  Metrics& metrics_;
  std::mutex mutex_;
  std::map<std::pair<std::string, unsigned>, Series> series_;
};

/// What is told of a request when it is answered: one line in the access log, one count in the metrics.
/// Lives as long as its answer is on the way.
class RequestRecord {
 public:
  /// `settings` and `metrics` outlive the record, the request its completion.
  RequestRecord(const http::Request& request, const ApiSettings& settings, RequestMetrics& metrics);

  /// Until it is known the request has none.
  void set_request_id(std::string request_id) { request_id_ = std::move(request_id); }
  const std::string& request_id() const { return request_id_; }
  void set_route(std::string_view route) { route_ = route; }
  void add_bytes_in(std::uint64_t bytes) { bytes_in_ += bytes; }

  /// Puts the request id into the reply's headers, unless it is empty, and what a web page's browser wants to
  /// know; tells of the request: at once when the body is text, when the last byte went out otherwise.
  static void complete(const std::shared_ptr<RequestRecord>& record, http::Reply& reply);

  /// The client left before there was an answer.
  void abandon(std::string_view outcome);

 private:
  void tell(unsigned status, std::uint64_t bytes_out, std::string_view outcome);

  const http::Request& request_;
  const ApiSettings& settings_;
  std::string request_id_;
  RequestMetrics& metrics_;
  std::string client_;
  std::string method_;
  std::string target_;
  unsigned version_;
  std::string route_ = "other";
  std::uint64_t bytes_in_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace vitrine::api
