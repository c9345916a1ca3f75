#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "fetch/client.h"
#include "keystone/holder_passes.h"
#include "keystone/token.h"
#include "stores/driver.h"
#include "stores/drivers/swift/swift_settings.h"
#include "threads/flights.h"

namespace vitrine::stores {

/// What lets somebody into an account.
struct SwiftPass {
  std::string token;
  fetch::Uri storage;                   ///< the account's URL
  std::optional<Timestamp> expires_at;  ///< nothing: it is not known
  std::string user_id = {};             ///< of the token's holder; empty: it is not known
};
using SwiftPassPtr = std::shared_ptr<const SwiftPass>;

/// A way into an account. May be shared between threads.
class SwiftAccess {
 public:
  virtual ~SwiftAccess() = default;
  /// Throws Error{storage_denied} if nobody lets the account in, Error{unavailable} if nobody answers.
  virtual SwiftPassPtr pass(const StoreCall& call) = 0;
  /// The pass was not accepted. Returns whether there may be another.
  virtual bool drop(const SwiftPassPtr& refused) = 0;
  /// What may be connected to on the account's behalf.
  virtual fetch::Reach reach(const StoreCall& call) const = 0;
  /// Requests follow over a long time: what can be done so that the way stays open is done now. If that
  /// fails, it goes on as before.
  virtual void make_last(const StoreCall& call) noexcept = 0;
};

/// Logs in where accounts are known: at Keystone, or at Swift itself.
class SwiftLogin {
 public:
  struct Reply {
    unsigned status = 0;
    std::string body;
    std::string token;
    std::string storage;
  };

  explicit SwiftLogin(const SwiftSettings& settings);

  /// Throws as SwiftAccess::pass().
  SwiftPass log_in(const StoreCall& call, const SwiftAccount& account);
  /// What lets the holder of a token into the account of the token's project. Throws as SwiftAccess::pass().
  SwiftPass look_up(const StoreCall& call, const std::string& token);
  /// What this Keystone says of a token to its holder. Throws as SwiftAccess::pass().
  keystone::Token describe(const StoreCall& call, const fetch::Uri& identity, const std::string& token);
  /// Asks as often as the settings allow, until there is an answer that a further attempt would not change.
  Reply ask(const StoreCall& call, const fetch::Request& request);

 private:
  SwiftPass log_in_at_keystone(const StoreCall& call, const SwiftAccount& account);
  keystone::EndpointChoice catalog_choice() const;
  SwiftPass pass_in(const Reply& reply) const;
  SwiftPass log_in_at_swift(const StoreCall& call, const SwiftAccount& account);
  fetch::Uri storage_of(std::string_view url) const;

  const SwiftEndpointChoice endpoint_;
  const fetch::PatienceSettings patience_;
  const SystemClock clock_;
  fetch::Client client_;
  std::optional<keystone::HolderPasses> holders_;  ///< nothing: the account is not in their catalogs
};

/// Whether the servers of an account are the operator's choice, or that of whoever wrote a location.
enum class SwiftServers { configured, of_location };

/// The way into an account that the store can log in to. Keeps what a login brought until shortly before its
/// end; several who need one at the same time share a login.
class SwiftAccountAccess : public SwiftAccess {
 public:
  /// The login is borrowed.
  SwiftAccountAccess(SwiftLogin& login, SwiftAccount account, SwiftServers servers,
                     std::chrono::seconds renewal_time);

  SwiftPassPtr pass(const StoreCall& call) override;
  bool drop(const SwiftPassPtr& refused) override;
  fetch::Reach reach(const StoreCall& call) const override;
  void make_last(const StoreCall& /*call*/) noexcept override {}  // it logs in again

 private:
  SwiftPassPtr usable() const;

  SwiftLogin& login_;
  const SwiftAccount account_;
  const SwiftServers servers_;
  const std::chrono::seconds renewal_time_;
  const SystemClock clock_;
  mutable std::mutex mutex_;
  SwiftPassPtr pass_;
  threads::Flights<int, SwiftPassPtr> logins_;  ///< all of one key
};

}  // namespace vitrine::stores
