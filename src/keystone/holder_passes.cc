#include "keystone/holder_passes.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <utility>

#include "keystone/answer.h"
#include "keystone/token.h"

namespace vitrine::keystone {
namespace {

/// Holders who are remembered; when there are more, all are forgotten.
constexpr std::size_t most_holders = 1000;
/// A catalog may change while a token lives.
constexpr std::chrono::minutes longest_memory{5};
constexpr std::size_t longest_answer = std::size_t{4} << 20;

}  // namespace

fetch::Request token_question(const fetch::Uri& identity, const std::string& token) {
  fetch::Request request{.uri = identity,
                         .headers = {{"Accept", "application/json"},
                                     {"X-Auth-Token", token},
                                     {"X-Subject-Token", token},
                                     // without which tokens of restricted credentials are not known
                                     {"OpenStack-Identity-Access-Rules", "1.0"}}};
  request.uri.target += "/auth/tokens";
  return request;
}

HolderPasses::HolderPasses(Settings settings, const Clock& clock)
    : settings_(std::move(settings)), clock_(clock), client_(settings_.client) {}

Pass HolderPasses::pass(const std::string& token, Deadline deadline, const std::stop_token& stop) {
  const TokenKey key = token_key(token);
  std::unique_lock lock(mutex_);
  auto found = kept_.find(key);
  if (found == kept_.end() || found->second.until <= clock_.now()) {
    lock.unlock();
    Kept fresh = look_up(token, deadline, stop);
    lock.lock();
    if (kept_.size() >= most_holders) kept_.clear();
    found = kept_.insert_or_assign(key, std::move(fresh)).first;
  }
  Pass pass = found->second.pass;
  pass.token = token;
  return pass;
}

HolderPasses::Kept HolderPasses::look_up(const std::string& token, Deadline deadline,
                                         const std::stop_token& stop) {
  fetch::Request request = token_question(settings_.identity, token);
  request.deadline = deadline;
  request.stop = stop;
  const Answer answer = ask(request);
  if (answer.status == 401 || answer.status == 404) throw token_has_ended();
  if (answer.status != 200) {
    throw Error(ErrorCode::unavailable, fmt::format("{} does not say what a token is for (status {})",
                                                    fetch::origin_of(request.uri), answer.status));
  }
  const boost::json::object body = parse_object(answer.body);
  const boost::json::object& described = object_at(body, "token");
  const Token holder = token_of(described);
  const auto* catalog = optional_array_at(described, "catalog");
  return {.pass = {.token = {},
                   .endpoint = catalog != nullptr ? endpoint_url(*catalog, settings_.endpoint) : "",
                   .project_id = holder.project ? holder.project->id : ""},
          .until = std::min(holder.expires_at, clock_.now() + longest_memory)};
}

Answer HolderPasses::ask(const fetch::Request& request) {
  fetch::Patience patience(settings_.patience);
  while (true) {
    Answer answer;
    std::optional<Error> failure;
    try {
      const auto response = client_.send(request);
      answer = {.status = response->status(), .body = response->read_text(longest_answer)};
      if (!fetch::may_pass(answer.status)) return answer;
    } catch (const Error& error) {
      if (!can_retry(error.code())) throw;
      failure = error;
    }
    if (fetch::wait_for_next(patience, request.deadline, request.stop)) continue;
    if (failure) throw *failure;
    return answer;
  }
}

}  // namespace vitrine::keystone
