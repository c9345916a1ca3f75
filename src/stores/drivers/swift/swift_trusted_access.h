#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "stores/drivers/swift/swift_access.h"
#include "threads/flights.h"

namespace vitrine::stores {

/// The way into the account of a caller's project: with the caller's token, and once that has to last, as a
/// user of the service whom the caller trusts to act for it. Destroyed, it takes that trust back.
class TrustedAccess : public SwiftAccess {
 public:
  /// The pass is the caller's; the account is one that can be trusted, and `service` the way into it. The
  /// login is borrowed.
  TrustedAccess(SwiftLogin& login, SwiftPass pass, SwiftAccount account, std::shared_ptr<SwiftAccess> service,
                std::chrono::seconds renewal_time);
  ~TrustedAccess() override;

  /// Whether it is a user with a password at Keystone.
  static bool can_trust(const SwiftAccount& account);

  SwiftPassPtr pass(const StoreCall& call) override;
  bool drop(const SwiftPassPtr& refused) override;
  fetch::Reach reach(const StoreCall& /*call*/) const override { return {}; }
  void make_last(const StoreCall& call) noexcept override;

 private:
  /// What came of a trust.
  struct Trusted {
    std::string trust_id;
    std::unique_ptr<SwiftAccountAccess> access;
  };
  using TrustedPtr = std::shared_ptr<Trusted>;

  TrustedPtr given() const;
  TrustedPtr give_trust(const StoreCall& call);
  void take_trust_back(const Trusted& trusted);

  SwiftLogin& login_;
  const SwiftPassPtr pass_;
  const SwiftAccount account_;
  const std::shared_ptr<SwiftAccess> service_;
  const std::chrono::seconds renewal_time_;
  mutable std::mutex mutex_;
  TrustedPtr trusted_;                        ///< null: no trust was needed yet, or none could be had
  threads::Flights<int, TrustedPtr> trusts_;  ///< all of one key
};

}  // namespace vitrine::stores
