#include "stores/drivers/swift/swift_client.h"

#include <fmt/format.h>

#include "base/text.h"
#include "stores/driver_rules.h"
#include "stores/drivers/http_statuses.h"

namespace vitrine::stores {
namespace {

/// 422: something else arrived than was sent. 498: too many requests, as older clusters say it.
bool passes(unsigned status) {
  return status == 408 || status == 422 || status == 429 || status == 498 || status == 499 ||
         (status >= 500 && status != 501 && status != http_status::insufficient_storage);
}

}  // namespace

SwiftClient::SwiftClient(const SwiftSettings& settings)
    : patience_(settings.patience), client_(settings.client) {}

SwiftAnswer SwiftClient::ask(const StoreCall& call, const SwiftContainer& container,
                             const SwiftRequest& request) {
  return persist(call, container, [&](const SwiftPass& pass) {
    return ask_once(request_of(call, container, request, pass), request.body);
  });
}

SwiftAnswer SwiftClient::ask_once(const fetch::Request& request, Bytes body) {
  const bool is_harmless = request.method != fetch::Method::put && request.method != fetch::Method::post;
  if (is_harmless) return answer_of(client_.send(request));
  // Not sent twice without being seen: what a repeated request is answered means something else.
  const auto sending = client_.begin(request, body.size());
  sending->write(body);
  return answer_of(sending->finish());
}

SwiftAnswer SwiftClient::answer_of(std::unique_ptr<fetch::Response> response) {
  const unsigned status = response->status();
  return {.response = std::move(response), .status = status};
}

std::unique_ptr<fetch::Sending> SwiftClient::begin(const StoreCall& call, const SwiftContainer& container,
                                                   const SwiftRequest& request,
                                                   std::optional<std::uint64_t> length) {
  std::unique_ptr<fetch::Sending> begun;
  const SwiftAnswer answer = persist(call, container, [&](const SwiftPass& pass) -> SwiftAnswer {
    fetch::Request pushed = request_of(call, container, request, pass);
    pushed.asks_before_body = true;
    begun = client_.begin(pushed, length);
    if (begun->is_answered()) return answer_of(begun->finish());
    return {};
  });
  if (!answer.is_good()) throw error_of(answer, container, "write data");
  return begun;
}

SwiftAnswer SwiftClient::persist(const StoreCall& call, const SwiftContainer& container,
                                 const std::function<SwiftAnswer(const SwiftPass&)>& ask_once) {
  fetch::Patience patience(patience_);
  bool was_renewed = false;
  bool is_repeated = false;
  while (true) {
    const SwiftPassPtr pass = container.access->pass(call);
    SwiftAnswer answer;
    std::optional<Error> failure;
    try {
      answer = ask_once(*pass);
      answer.is_repeated = is_repeated;
      if (answer.status == http_status::unauthorized && !was_renewed && container.access->drop(pass)) {
        was_renewed = true;
        continue;
      }
      if (!passes(answer.status)) return answer;
    } catch (const Error& error) {
      if (!can_retry(error.code())) throw;
      failure = error;
    }
    is_repeated = true;
    if (wait_for_next(patience, call)) continue;
    if (failure) throw *failure;
    return answer;
  }
}

fetch::Request SwiftClient::request_of(const StoreCall& call, const SwiftContainer& container,
                                       const SwiftRequest& request, const SwiftPass& pass) const {
  fetch::Request result{.method = request.method, .uri = pass.storage, .headers = request.headers};
  std::string& target = result.uri.target;
  while (target.ends_with('/')) target.pop_back();
  if (!container.name.empty()) target += "/" + percent_encode(container.name);
  if (!request.object.empty()) target += "/" + percent_encode(request.object);
  if (!request.query.empty()) target += "?" + request.query;
  result.headers.push_back({"X-Auth-Token", pass.token});
  result.range = request.range;
  result.reach = container.access->reach(call);
  result.deadline = call.deadline;
  result.stop = call.stop;
  result.settling_time = settling_time;
  return result;
}

Error SwiftClient::error_of(const SwiftAnswer& refusal, const SwiftContainer& container,
                            std::string_view purpose) {
  const std::string what =
      fmt::format("Swift does not let the store {} in the container {}", purpose, container.name);
  switch (refusal.status) {
    case http_status::unauthorized:
      return Error(ErrorCode::storage_denied, what + ": it does not accept the token.");
    case http_status::forbidden:
      return Error(ErrorCode::storage_denied,
                   what +
                       ": the user may not do it. Give it a role that Swift lets write, or the right by "
                       "the container's access lists.");
    case http_status::not_found:
      return Error(ErrorCode::not_found, "The image's data is not in its container");
    case http_status::conflict:
    case http_status::precondition_failed:
      return Error(ErrorCode::duplicate, "There is data of this name already");
    case http_status::content_too_large:
      return Error(ErrorCode::storage_full,
                   what +
                       ": the quota of the container or the account is used up, or the object is too large "
                       "for it.");
    case http_status::range_not_satisfiable:
      return Error(ErrorCode::range_unsatisfiable, "The range lies beyond the data");
    case http_status::insufficient_storage:
      return Error(ErrorCode::storage_full, what + ": it has no room.");
    default:
      return Error(ErrorCode::unavailable,
                   fmt::format("{}: it answers with status {}.", what, refusal.status));
  }
}

std::string swift_query(const std::vector<std::pair<std::string, std::string>>& query) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : query) parts.push_back(name + "=" + percent_encode(value));
  return join(parts, "&");
}

}  // namespace vitrine::stores
