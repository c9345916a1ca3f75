#include "api/forwarding.h"

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "api/error_reply.h"

namespace vitrine::api {
namespace {

/// What the other node has to know beside who is calling. Glance forgets the store, and fills the default
/// one.
constexpr std::array<std::string_view, 3> passed_on{"Accept", "Content-Type", "X-Image-Meta-Store"};

std::vector<fetch::Header> headers_of(const Services& services, const Call& call) {
  std::vector<fetch::Header> headers{{"X-OpenStack-Request-ID", call.request_id}};
  const auto pass_on = [&](std::string_view name) {
    const std::string* value = call.request.headers.find(name);
    if (value != nullptr) headers.push_back({std::string(name), *value});
  };
  for (const std::string_view name : passed_on) pass_on(name);
  for (const std::string_view name : services.identity_headers) pass_on(name);
  return headers;
}

}  // namespace

http::Reply forward(Services& services, const Call& call, const std::string& node_url) {
  const bool is_deletion = call.request.method == "DELETE";
  const imports::NodeAnswer answer = services.other_nodes.forward(
      node_url, {.method = is_deletion ? fetch::Method::remove : fetch::Method::post,
                 .path = std::string(call.request.path()),
                 .headers = headers_of(services, call),
                 .body = call.body,
                 .stop = call.stop});
  http::Reply reply;
  if (answer.content_type.empty() && !answer.body.empty()) {
    reply = error_reply(answer.status, answer.body, call.request);
  } else {
    reply.status = answer.status;
    if (!answer.content_type.empty()) reply.headers.add("Content-Type", answer.content_type);
    reply.body = answer.body;
  }
  if (!answer.request_id.empty()) reply.headers.add("x-openstack-request-id", answer.request_id);
  return reply;
}

}  // namespace vitrine::api
