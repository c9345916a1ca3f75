#include "stores/drivers/swift/swift_projects.h"

#include <fmt/format.h>

#include <mutex>
#include <utility>

#include "base/error.h"
#include "stores/driver_rules.h"

namespace vitrine::stores {
namespace {

/// With a token that was given, until it ends.
class TokenAccess : public SwiftAccess {
 public:
  explicit TokenAccess(SwiftPass pass) : pass_(std::make_shared<const SwiftPass>(std::move(pass))) {}

  SwiftPassPtr pass(const StoreCall& /*call*/) override { return pass_; }
  bool drop(const SwiftPassPtr& /*refused*/) override { return false; }
  fetch::Reach reach(const StoreCall& /*call*/) const override { return {}; }
  void make_last(const StoreCall& /*call*/) noexcept override {}

 private:
  const SwiftPassPtr pass_;
};

/// Into the account of somebody else, with the token of another way.
class GuestAccess : public SwiftAccess {
 public:
  GuestAccess(std::shared_ptr<SwiftAccess> service, fetch::Uri account)
      : service_(std::move(service)), account_(std::move(account)) {}

  SwiftPassPtr pass(const StoreCall& call) override {
    const SwiftPassPtr own = service_->pass(call);
    const std::lock_guard lock(mutex_);
    if (own == own_) return shown_;
    own_ = own;
    shown_ = std::make_shared<const SwiftPass>(SwiftPass{own->token, account_, own->expires_at});
    return shown_;
  }
  bool drop(const SwiftPassPtr& refused) override {
    const std::lock_guard lock(mutex_);
    return refused != shown_ || service_->drop(own_);
  }
  fetch::Reach reach(const StoreCall& call) const override { return service_->reach(call); }
  void make_last(const StoreCall& call) noexcept override { service_->make_last(call); }

 private:
  const std::shared_ptr<SwiftAccess> service_;
  const fetch::Uri account_;
  std::mutex mutex_;
  SwiftPassPtr own_;
  SwiftPassPtr shown_;
};

const std::string* token_of(const StoreCall& call) {
  const bool has_token = call.caller != nullptr && !call.caller->token.empty();
  return has_token ? &call.caller->token : nullptr;
}

void require_servers_of(const SwiftPass& pass, const fetch::Uri& account) {
  if (origin_of(account) == origin_of(pass.storage)) return;
  throw Error(ErrorCode::storage_denied,
              fmt::format("The data lies at {}, which is no server of the Swift in the catalog, {}",
                          origin_of(account), origin_of(pass.storage)));
}

}  // namespace

SwiftProjects::SwiftProjects(SwiftLogin& login, const SwiftSettings& settings,
                             std::shared_ptr<SwiftAccess> service)
    : login_(login), renewal_time_(settings.renewal_time), service_(std::move(service)) {
  const auto account = settings.accounts.find(settings.reference);
  const bool is_there = account != settings.accounts.end() && TrustedAccess::can_trust(account->second);
  if (settings.uses_trusts && is_there) trustee_ = account->second;
}

std::shared_ptr<SwiftAccess> SwiftProjects::own(const StoreCall& call) {
  const std::string* token = token_of(call);
  if (token == nullptr) {
    throw Error(ErrorCode::storage_denied,
                "The swift store keeps images in the accounts of the projects, and no token says whose the "
                "image is. Have Keystone identify callers, or unset swift_store_multi_tenant.");
  }
  if (!trustee_) return std::make_shared<TokenAccess>(login_.look_up(call, *token));
  // What a caller does at the same time needs one trust.
  if (auto way = trusted_way(*token)) return way;
  auto way = std::make_shared<TrustedAccess>(login_, login_.look_up(call, *token), *trustee_, service_,
                                             renewal_time_);
  const std::lock_guard lock(mutex_);
  std::erase_if(trusted_ways_, [](const auto& entry) { return entry.second.expired(); });
  trusted_ways_[keystone::token_key(*token)] = way;
  return way;
}

std::shared_ptr<TrustedAccess> SwiftProjects::trusted_way(const std::string& token) const {
  const std::lock_guard lock(mutex_);
  const auto found = trusted_ways_.find(keystone::token_key(token));
  return found == trusted_ways_.end() ? nullptr : found->second.lock();
}

std::shared_ptr<SwiftAccess> SwiftProjects::at(const StoreCall& call, const fetch::Uri& account) {
  if (const std::string* token = token_of(call)) {
    // The token may have ended while it was gone.
    if (auto way = trusted_way(*token)) {
      require_servers_of(*way->pass(call), account);
      return std::make_shared<GuestAccess>(std::move(way), account);
    }
    SwiftPass pass = login_.look_up(call, *token);
    require_servers_of(pass, account);
    pass.storage = account;
    return std::make_shared<TokenAccess>(std::move(pass));
  }
  if (!service_) {
    throw Error(ErrorCode::storage_denied,
                "No token lets the service into the project's Swift account. Set swift_store_auth_address, "
                "swift_store_user and swift_store_key, and name the user's project in "
                "swift_store_admin_tenants.");
  }
  require_servers_of(*service_->pass(call), account);
  return std::make_shared<GuestAccess>(service_, account);
}

}  // namespace vitrine::stores
