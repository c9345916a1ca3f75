#include "stores/drivers/swift/swift_access.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/error.h"
#include "base/text.h"
#include "keystone/answer.h"
#include "keystone/login.h"
#include "keystone/service_catalog.h"
#include "keystone/token.h"
#include "stores/driver_rules.h"
#include "stores/drivers/http_statuses.h"

namespace vitrine::stores {
namespace {

namespace json = boost::json;

constexpr std::chrono::seconds longest_login{60};
constexpr std::size_t longest_answer = std::size_t{4} << 20;

Error not_let_in(const fetch::Uri& where, unsigned status) {
  return Error(
      ErrorCode::storage_denied,
      fmt::format("{} does not let the swift store in (status {}). Check its user, key, project and domains, "
                  "and the version that it logs in with.",
                  origin_of(where), status));
}

}  // namespace

SwiftLogin::SwiftLogin(const SwiftSettings& settings)
    : endpoint_(settings.endpoint), patience_(settings.patience), client_(settings.client) {
  if (settings.endpoint.fixed || settings.identity_address.empty()) return;
  holders_.emplace(
      keystone::HolderPasses::Settings{.identity = keystone::identity_uri(settings.identity_address),
                                       .endpoint = catalog_choice(),
                                       .client = settings.client,
                                       .patience = settings.patience},
      clock_);
}

keystone::EndpointChoice SwiftLogin::catalog_choice() const {
  return {.type = endpoint_.service_type, .interface = endpoint_.interface, .region = endpoint_.region};
}

SwiftPass SwiftLogin::log_in(const StoreCall& call, const SwiftAccount& account) {
  const bool is_at_keystone = account.login == SwiftAccount::Login::at_keystone;
  return is_at_keystone ? log_in_at_keystone(call, account) : log_in_at_swift(call, account);
}

SwiftPass SwiftLogin::log_in_at_keystone(const StoreCall& call, const SwiftAccount& account) {
  fetch::Request request{.method = fetch::Method::post,
                         .uri = swift_identity_uri(account),
                         .headers = {{"Accept", "application/json"}, {"Content-Type", "application/json"}},
                         .body = keystone::login_request(keystone_account(account))};
  request.uri.target += "/auth/tokens";
  const Reply reply = ask(call, request);
  if (reply.status != http_status::created || reply.token.empty())
    throw not_let_in(request.uri, reply.status);
  return pass_in(reply);
}

SwiftPass SwiftLogin::look_up(const StoreCall& call, const std::string& token) {
  if (!holders_) return {.token = token, .storage = storage_of({}), .expires_at = {}};
  const keystone::Pass pass = holders_->pass(token, call.deadline, call.stop);
  return {.token = token, .storage = storage_of(pass.endpoint), .expires_at = {}};
}

keystone::Token SwiftLogin::describe(const StoreCall& call, const fetch::Uri& identity,
                                     const std::string& token) {
  const fetch::Request request = keystone::token_question(identity, token);
  const Reply reply = ask(call, request);
  if (reply.status == http_status::ok) return keystone::parse_token(reply.body);
  throw Error(ErrorCode::unavailable, fmt::format("{} does not tell what a token is for (status {})",
                                                  origin_of(request.uri), reply.status));
}

/// What Keystone says of a token.
SwiftPass SwiftLogin::pass_in(const Reply& reply) const {
  const keystone::Token token = keystone::parse_token(reply.body);
  SwiftPass pass{
      .token = reply.token, .storage = {}, .expires_at = token.expires_at, .user_id = token.user.id};
  const json::object answer = keystone::parse_object(reply.body);
  const auto* catalog = keystone::optional_array_at(keystone::object_at(answer, "token"), "catalog");
  pass.storage = storage_of(catalog != nullptr ? keystone::endpoint_url(*catalog, catalog_choice()) : "");
  return pass;
}

SwiftPass SwiftLogin::log_in_at_swift(const StoreCall& call, const SwiftAccount& account) {
  const fetch::Request request{.uri = swift_auth_uri(account),
                               .headers = {{"X-Auth-User", account.user}, {"X-Auth-Key", account.key}}};
  const Reply reply = ask(call, request);
  if (reply.status >= 300 || reply.token.empty()) throw not_let_in(request.uri, reply.status);
  return {.token = reply.token, .storage = storage_of(reply.storage), .expires_at = {}};
}

SwiftLogin::Reply SwiftLogin::ask(const StoreCall& call, const fetch::Request& request) {
  fetch::Patience patience(patience_);
  while (true) {
    Reply reply;
    std::optional<Error> failure;
    try {
      fetch::Request timed = request;
      timed.reach = call.reach;
      timed.deadline = call.deadline;
      timed.stop = call.stop;
      const auto response = client_.send(timed);
      reply = {.status = response->status(),
               .body = response->read_text(longest_answer),
               .token = std::string(response->header("X-Subject-Token").value_or("")),
               .storage = std::string(response->header("X-Storage-Url").value_or(""))};
      if (reply.token.empty()) reply.token = response->header("X-Auth-Token").value_or("");
      if (!fetch::may_pass(reply.status)) return reply;
    } catch (const Error& error) {
      if (!can_retry(error.code())) throw;
      failure = error;
    }
    if (wait_for_next(patience, call)) continue;
    if (failure) throw *failure;
    throw Error(ErrorCode::unavailable,
                fmt::format("{} answers with status {}", origin_of(request.uri), reply.status));
  }
}

fetch::Uri SwiftLogin::storage_of(std::string_view url) const {
  if (endpoint_.fixed) return *endpoint_.fixed;
  try {
    fetch::Uri uri = fetch::parse_uri(url);
    if (is_web(uri)) return uri;
  } catch (const Error&) {  // said below
  }
  throw Error(ErrorCode::storage_denied,
              fmt::format("The catalog has no {} endpoint of type {}{}. Check swift_store_service_type, "
                          "swift_store_endpoint_type and swift_store_region, or set swift_store_endpoint.",
                          endpoint_.interface, endpoint_.service_type,
                          endpoint_.region.empty() ? "" : " in region " + endpoint_.region));
}

SwiftAccountAccess::SwiftAccountAccess(SwiftLogin& login, SwiftAccount account, SwiftServers servers,
                                       std::chrono::seconds renewal_time)
    : login_(login), account_(std::move(account)), servers_(servers), renewal_time_(renewal_time) {}

SwiftPassPtr SwiftAccountAccess::pass(const StoreCall& call) {
  if (SwiftPassPtr pass = usable()) return pass;
  return logins_.share(0, [&] {
    if (SwiftPassPtr pass = usable()) return pass;  // somebody may have logged in a moment ago
    // The others do not end with the call of whoever came first.
    StoreCall own{.deadline = deadline_in(longest_login)};
    own.reach = reach(call);
    auto pass = std::make_shared<const SwiftPass>(login_.log_in(own, account_));
    const std::lock_guard lock(mutex_);
    pass_ = pass;
    return SwiftPassPtr(pass);
  });
}

fetch::Reach SwiftAccountAccess::reach(const StoreCall& call) const {
  return servers_ == SwiftServers::of_location ? call.reach : fetch::Reach{};
}

bool SwiftAccountAccess::drop(const SwiftPassPtr& refused) {
  const std::lock_guard lock(mutex_);
  if (pass_ == refused) pass_.reset();
  return true;
}

SwiftPassPtr SwiftAccountAccess::usable() const {
  const std::lock_guard lock(mutex_);
  const bool is_usable = pass_ && (!pass_->expires_at || clock_.now() < *pass_->expires_at - renewal_time_);
  return is_usable ? pass_ : nullptr;
}

}  // namespace vitrine::stores
