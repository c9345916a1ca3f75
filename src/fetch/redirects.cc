#include "fetch/redirects.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace vitrine::fetch {
namespace {

bool is_followed(const Request& request, const Response& response, const Redirects& redirects) {
  if (request.method != Method::get && request.method != Method::head) return false;
  return std::find(redirects.statuses.begin(), redirects.statuses.end(), response.status()) !=
         redirects.statuses.end();
}

Uri target_of(const Uri& from, const Response& response) {
  const auto location = response.header("Location");
  if (!location) throw Error(ErrorCode::invalid, origin_of(from) + " redirects without saying where to");
  Uri target = resolve(from, *location);
  if (from.scheme == "https" && target.scheme != "https") {
    throw Error(ErrorCode::invalid, origin_of(from) + " redirects from https to something less safe");
  }
  if (!is_web(target)) {
    throw Error(ErrorCode::invalid, origin_of(from) + " redirects to something other than http and https");
  }
  return target;
}

}  // namespace

RedirectRule outward(const UriFilter& filter, Reach reach) {
  return [&filter, reach = std::move(reach)](const Uri& target, std::optional<AddressClass> first) mutable {
    filter.check(target);
    reach.nearest = first.value_or(AddressClass::global);
    return reach;
  };
}

RedirectRule admitted(const Admission& admission) {
  return [&admission](const Uri& target, std::optional<AddressClass>) { return admission.admit(target); };
}

std::unique_ptr<Response> follow(Client& client, Request& request, const Redirects& redirects) {
  std::unique_ptr<Response> response = client.send(request);
  const std::optional<AddressClass> first = response->peer_class();
  for (unsigned followed = 0; is_followed(request, *response, redirects); ++followed) {
    if (followed == redirects.limit) {
      throw Error(ErrorCode::invalid,
                  fmt::format("{} redirects once more after {} redirects", origin_of(request.uri), followed));
    }
    Uri target = target_of(request.uri, *response);
    request.reach = redirects.rule(target, first);
    if (origin_of(target) != origin_of(request.uri)) request.headers.clear();
    request.uri = std::move(target);
    response.reset();  // its connection may serve the next request
    response = client.send(request);
  }
  return response;
}

std::unique_ptr<Response> send_following(Client& client, Request request, const Redirects& redirects) {
  return follow(client, request, redirects);
}

}  // namespace vitrine::fetch
