#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "fetch/uri.h"
#include "keystone/token_cache.h"
#include "stores/drivers/swift/swift_access.h"
#include "stores/drivers/swift/swift_trusted_access.h"

namespace vitrine::stores {

/// The ways into the accounts of the projects that call, each with the token that comes with the call. Where
/// none comes, the service goes in with a token of its own, if containers let it. May be shared between
/// threads.
class SwiftProjects {
 public:
  /// The login is borrowed. `service`: the way into the service's own account; may be null.
  SwiftProjects(SwiftLogin& login, const SwiftSettings& settings, std::shared_ptr<SwiftAccess> service);

  /// Into the account of the caller's project. Throws Error{storage_denied} if no token comes with the call.
  std::shared_ptr<SwiftAccess> own(const StoreCall& call);
  /// Into the account at this address. Throws Error{storage_denied} unless Keystone says that the servers
  /// there are Swift's: locations may come from anybody, and tokens are for nobody else.
  std::shared_ptr<SwiftAccess> at(const StoreCall& call, const fetch::Uri& account);

 private:
  std::shared_ptr<TrustedAccess> trusted_way(const std::string& token) const;

  SwiftLogin& login_;
  std::optional<SwiftAccount> trustee_;  ///< the user that callers trust; nothing: they trust none
  const std::chrono::seconds renewal_time_;
  const std::shared_ptr<SwiftAccess> service_;
  mutable std::mutex mutex_;
  std::map<keystone::TokenKey, std::weak_ptr<TrustedAccess>> trusted_ways_;  ///< that somebody goes
};

}  // namespace vitrine::stores
