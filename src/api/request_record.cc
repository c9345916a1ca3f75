#include "api/request_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/log.h"

namespace vitrine::api {
namespace {

/// Clients may send any method; a label per invention would fill the memory.
std::string_view known_method(std::string_view method) {
  constexpr std::array<std::string_view, 7> known{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
  return std::find(known.begin(), known.end(), method) == known.end() ? std::string_view("other") : method;
}

}  // namespace

void RequestMetrics::count(const std::string& method, const std::string& route, unsigned status,
                           double seconds) {
  const std::string name = fmt::format("{} {}", known_method(method), route);
  const std::lock_guard lock(mutex_);
  auto found = series_.find({name, status});
  if (found == series_.end()) {
    const std::string verb(known_method(method));
    Series series{
        metrics_.counter("vitrine_requests_total", "Requests answered.",
                         {{"method", verb}, {"route", route}, {"status", std::to_string(status)}}),
        metrics_.latency("vitrine_request_seconds", "Time from a request's head to the end of its answer.",
                         {{"method", verb}, {"route", route}})};
    found = series_.emplace(std::pair{name, status}, series).first;
  }
  found->second.requests.add();
  found->second.latency.observe(seconds);
}

RequestRecord::RequestRecord(const http::Request& request, const ApiSettings& settings,
                             RequestMetrics& metrics)
    : request_(request),
      settings_(settings),
      metrics_(metrics),
      client_(origin_of(request, settings.proxy_headers).client),
      method_(request.method),
      target_(request.target),
      version_(request.version) {}

void RequestRecord::complete(const std::shared_ptr<RequestRecord>& record, http::Reply& reply) {
  // An answer of another node names the request as that node's log does.
  const bool is_named = reply.headers.find("x-openstack-request-id") != nullptr;
  if (!record->request_id_.empty() && !is_named) {
    reply.headers.add("x-openstack-request-id", record->request_id_);
  }
  record->settings_.cors.decorate(record->request_, reply);
  if (const auto* text = std::get_if<std::string>(&reply.body)) {
    record->tell(reply.status, text->size(), "complete");
    return;
  }
  reply.done = [record, status = reply.status, inner = std::move(reply.done)](const http::Sent& sent) {
    if (inner) inner(sent);
    record->tell(status, sent.body_bytes, sent.is_complete ? "complete" : "cut short");
  };
}

void RequestRecord::abandon(std::string_view outcome) {
  constexpr unsigned client_closed_request = 499;  // nginx's number for it; nobody receives it
  tell(client_closed_request, 0, outcome);
}

void RequestRecord::tell(unsigned status, std::uint64_t bytes_out, std::string_view outcome) {
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start_;
  metrics_.count(method_, route_, status, time.count());
  log::access({.request_id = request_id_,
               .client = client_,
               .user = "-",
               .method = method_,
               .target = target_,
               .protocol = version_ == 10 ? "HTTP/1.0" : "HTTP/1.1",
               .status = static_cast<int>(status),
               .bytes_in = bytes_in_,
               .bytes_out = bytes_out,
               .seconds = time.count(),
               .outcome = outcome});
}

}  // namespace vitrine::api
