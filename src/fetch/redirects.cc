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

Uri target_of(const Uri& from, const Response& response, const UriFilter& filter) {
  const auto location = response.header("Location");
  if (!location) throw Error(ErrorCode::invalid, origin_of(from) + " redirects without saying where to");
  Uri target = resolve(from, *location);
  if (from.scheme == "https" && target.scheme != "https") {
    throw Error(ErrorCode::invalid, origin_of(from) + " redirects from https to something less safe");
  }
  if (target.scheme != "http" && target.scheme != "https") {
    throw Error(ErrorCode::invalid, origin_of(from) + " redirects to something other than http and https");
  }
  filter.check(target);
  return target;
}

}  // namespace

std::unique_ptr<Response> send_following(Client& client, Request request, const Redirects& redirects) {
  std::unique_ptr<Response> response = client.send(request);
  request.nearest = std::max(request.nearest, response->peer_class().value_or(AddressClass::global));
  for (unsigned followed = 0; is_followed(request, *response, redirects); ++followed) {
    if (followed == redirects.limit) {
      throw Error(ErrorCode::invalid,
                  fmt::format("{} redirects once more after {} redirects", origin_of(request.uri), followed));
    }
    Uri target = target_of(request.uri, *response, redirects.filter);
    if (origin_of(target) != origin_of(request.uri)) request.headers.clear();
    request.uri = std::move(target);
    response.reset();  // its connection may serve the next request
    response = client.send(request);
  }
  return response;
}

}  // namespace vitrine::fetch
