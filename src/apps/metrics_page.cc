#include "apps/metrics_page.h"

#include "api/error_reply.h"

namespace vitrine::apps {

http::Plan MetricsPage::plan(const http::Request&) noexcept {
  return {.pool = &pool_, .body = http::Plan::BodyMode::text};
}

http::Reply MetricsPage::answer(const http::Request& request, std::string, std::stop_token) noexcept {
  if (request.path() != "/metrics") return api::error_reply(404, "The metrics are at /metrics.", request);
  http::Reply reply;
  reply.headers.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  reply.body = metrics_.exposition();
  return reply;
}

std::variant<http::Reply, std::unique_ptr<http::BodySink>> MetricsPage::receive(
    const http::Request& request, std::stop_token stop) noexcept {
  return answer(request, {}, stop);  // not reached: plan() never asks for a stream
}

http::Reply MetricsPage::failure(const http::Request& request, std::exception_ptr error) noexcept {
  return api::error_reply(error, request);
}

}  // namespace vitrine::apps
