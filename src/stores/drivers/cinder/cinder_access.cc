#include "stores/drivers/cinder/cinder_access.h"

#include <fmt/format.h>

#include <optional>

#include "base/error.h"
#include "keystone/holder_passes.h"

namespace vitrine::stores {
namespace {

keystone::SessionSettings session_settings(const CinderSettings& settings) {
  const fetch::Uri identity = keystone::identity_uri(settings.auth_address);
  return {.login = {.identity = identity, .request = keystone::login_request(settings.account)},
          .client = settings.client,
          .interface = settings.endpoint.interface,
          .region = settings.endpoint.region,
          .refusal =
              Error(ErrorCode::storage_denied,
                    fmt::format("{} does not let the cinder store in. Check cinder_store_user_name, "
                                "cinder_store_password, cinder_store_project_name and their domains, or the "
                                "application credential.",
                                origin_of(identity)))};
}

class OwnAccess : public CinderAccess {
 public:
  explicit OwnAccess(const CinderSettings& settings)
      : choice_(settings.endpoint), session_(session_settings(settings), clock_) {}

  keystone::Pass pass(const StoreCall& /*call*/) override { return session_.pass(choice_); }
  bool give_up(const std::string& token) override {
    session_.give_up(token);
    return true;
  }

 private:
  const SystemClock clock_;
  const keystone::EndpointChoice choice_;
  keystone::Session session_;
};

class CallersAccess : public CinderAccess {
 public:
  explicit CallersAccess(const CinderSettings& settings) {
    if (!settings.endpoint_template.empty()) return;
    holders_.emplace(
        keystone::HolderPasses::Settings{.identity = keystone::identity_uri(settings.auth_address),
                                         .endpoint = settings.endpoint,
                                         .client = settings.client,
                                         .patience = settings.patience},
        clock_);
  }

  keystone::Pass pass(const StoreCall& call) override {
    if (call.caller == nullptr || call.caller->token.empty()) {
      throw Error(ErrorCode::storage_denied,
                  "The cinder store has no user of its own, and no token came with the call. Have Keystone "
                  "identify callers, or set cinder_store_user_name and the options beside it.");
    }
    const model::Caller& caller = *call.caller;
    if (!holders_) return {caller.token, {}, caller.project_id.value_or("")};
    return holders_->pass(caller.token, call.deadline, call.stop);
  }
  bool give_up(const std::string& /*token*/) override { return false; }

 private:
  const SystemClock clock_;
  std::optional<keystone::HolderPasses> holders_;  ///< nothing: the configuration says where Cinder is
};

}  // namespace

std::unique_ptr<CinderAccess> make_cinder_access(const CinderSettings& settings) {
  if (settings.has_own_user()) return std::make_unique<OwnAccess>(settings);
  return std::make_unique<CallersAccess>(settings);
}

}  // namespace vitrine::stores
