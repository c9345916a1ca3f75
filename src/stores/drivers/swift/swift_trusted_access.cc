#include "stores/drivers/swift/swift_trusted_access.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "keystone/answer.h"
#include "keystone/token.h"
#include "stores/driver_rules.h"
#include "stores/drivers/http_statuses.h"

namespace vitrine::stores {
namespace {

namespace json = boost::json;

/// A trust that a crash leaves ends by itself after this time; no upload takes longer.
constexpr std::chrono::hours longest_trust{24 * 7};

fetch::Request trust_request(const SwiftAccount& account, const std::string& token) {
  fetch::Request request{.uri = swift_identity_uri(account),
                         .headers = {{"Accept", "application/json"}, {"X-Auth-Token", token}}};
  request.uri.target += "/OS-TRUST/trusts";
  return request;
}

/// Everything that the holder of the token may do in its project.
std::string trust_of(const keystone::Token& holder, const std::string& trustee_id) {
  json::array roles;
  for (const std::string& role : holder.roles) roles.push_back(json::object{{"name", role}});
  const json::object trust{{"trustor_user_id", holder.user.id},
                           {"trustee_user_id", trustee_id},
                           {"project_id", holder.project->id},
                           // Swift then sees the caller, as it does with the caller's token.
                           {"impersonation", true},
                           {"roles", std::move(roles)},
                           {"expires_at", to_iso8601(SystemClock().now() + longest_trust)}};
  return json::serialize(json::object{{"trust", trust}});
}

Error not_trusted(std::string_view why) {
  return Error(ErrorCode::storage_denied, fmt::format("Keystone makes no trust: {}", why));
}

}  // namespace

TrustedAccess::TrustedAccess(SwiftLogin& login, SwiftPass pass, SwiftAccount account,
                             std::shared_ptr<SwiftAccess> service, std::chrono::seconds renewal_time)
    : login_(login),
      pass_(std::make_shared<const SwiftPass>(std::move(pass))),
      account_(std::move(account)),
      service_(std::move(service)),
      renewal_time_(renewal_time) {}

TrustedAccess::~TrustedAccess() {
  if (!trusted_) return;
  try {
    take_trust_back(*trusted_);
  } catch (const std::exception& failure) {
    log::warning("swift store: the trust {} stays in Keystone until it ends in some days: {}",
                 trusted_->trust_id, failure.what());
  }
}

bool TrustedAccess::can_trust(const SwiftAccount& account) {
  return account.login == SwiftAccount::Login::at_keystone && account.credential_id.empty();
}

SwiftPassPtr TrustedAccess::pass(const StoreCall& call) {
  const TrustedPtr trusted = given();
  return trusted ? trusted->access->pass(call) : pass_;
}

bool TrustedAccess::drop(const SwiftPassPtr& refused) {
  const TrustedPtr trusted = given();
  return trusted && trusted->access->drop(refused);
}

void TrustedAccess::make_last(const StoreCall& call) noexcept {
  try {
    trusts_.share(0, [&] {
      if (TrustedPtr trusted = given()) return trusted;
      TrustedPtr trusted = give_trust(call);
      const std::lock_guard lock(mutex_);
      trusted_ = trusted;
      return trusted;
    });
  } catch (const std::exception& failure) {
    log::warning("swift store: an upload can last no longer than its token: {}", failure.what());
  }
}

TrustedAccess::TrustedPtr TrustedAccess::given() const {
  const std::lock_guard lock(mutex_);
  return trusted_;
}

TrustedAccess::TrustedPtr TrustedAccess::give_trust(const StoreCall& call) {
  const keystone::Token holder = login_.describe(call, swift_identity_uri(account_), pass_->token);
  if (!holder.project) throw not_trusted("the token is for no project.");
  const std::string trustee_id = service_->pass(call)->user_id;
  fetch::Request request = trust_request(account_, pass_->token);
  request.method = fetch::Method::post;
  request.headers.push_back({"Content-Type", "application/json"});
  request.body = trust_of(holder, trustee_id);
  const SwiftLogin::Reply reply = login_.ask(call, request);
  if (reply.status != http_status::created) {
    throw not_trusted(fmt::format("it answers with status {}.", reply.status));
  }
  const json::object answer = keystone::parse_object(reply.body);
  auto trusted = std::make_shared<Trusted>();
  trusted->trust_id = keystone::text_at(keystone::object_at(answer, "trust"), "id");
  SwiftAccount trustee = account_;
  trustee.trust_id = trusted->trust_id;
  trusted->access = std::make_unique<SwiftAccountAccess>(login_, std::move(trustee), SwiftServers::configured,
                                                         renewal_time_);
  return trusted;
}

/// Who is trusted acts for the caller, whose trust it is.
void TrustedAccess::take_trust_back(const Trusted& trusted) {
  const StoreCall call{.deadline = deadline_in(clean_up_time)};
  fetch::Request request = trust_request(account_, trusted.access->pass(call)->token);
  request.method = fetch::Method::remove;
  request.uri.target += "/" + percent_encode(trusted.trust_id);
  const unsigned status = login_.ask(call, request).status;
  if (status < 300 || status == http_status::not_found) return;
  throw Error(ErrorCode::unavailable, fmt::format("Keystone answers with status {}.", status));
}

}  // namespace vitrine::stores
