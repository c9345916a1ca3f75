#pragma once

#include <memory>

#include "keystone/session.h"
#include "stores/driver.h"
#include "stores/drivers/cinder/cinder_settings.h"

namespace vitrine::stores {

/// What lets a call into Cinder: a token, and where Cinder is for it. May be shared between threads.
class CinderAccess {
 public:
  virtual ~CinderAccess() = default;
  /// Throws Error{storage_denied} if nobody lets the call in, Error{unavailable} if nobody answers.
  virtual keystone::Pass pass(const StoreCall& call) = 0;
  /// Cinder has not accepted the token. Returns whether there may be another.
  virtual bool give_up(const std::string& token) = 0;
};

/// Of the store's own user where it has one, else of whoever calls.
std::unique_ptr<CinderAccess> make_cinder_access(const CinderSettings& settings);

}  // namespace vitrine::stores
