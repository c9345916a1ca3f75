#pragma once

#include <map>
#include <mutex>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "fetch/client.h"
#include "fetch/patience.h"
#include "keystone/service_catalog.h"
#include "keystone/session.h"
#include "keystone/token_cache.h"

namespace vitrine::keystone {

/// What asks Keystone, whose API is at `identity`, about a token as its holder would.
fetch::Request token_question(const fetch::Uri& identity, const std::string& token);

/// What lets the holders of tokens into another service. Each token is asked about itself, so that this
/// service needs no login of its own; what Keystone says is remembered for some minutes. May be shared
/// between threads.
class HolderPasses {
 public:
  struct Settings {
    fetch::Uri identity;  ///< Keystone's API, version 3, as identity_uri() makes it
    EndpointChoice endpoint;
    fetch::ClientSettings client;
    fetch::PatienceSettings patience;
  };

  /// The clock outlives it.
  HolderPasses(Settings settings, const Clock& clock);

  /// Throws Error{forbidden} if the token is not valid any more, Error{unavailable} if Keystone is down or is
  /// not understood, Error{timed_out} at the deadline, Error{cancelled}.
  Pass pass(const std::string& token, Deadline deadline, const std::stop_token& stop);

 private:
  struct Kept {
    Pass pass;  ///< without the token
    Timestamp until;
  };

  Kept look_up(const std::string& token, Deadline deadline, const std::stop_token& stop);
  Answer ask(const fetch::Request& request);

  const Settings settings_;
  const Clock& clock_;
  fetch::Client client_;
  std::mutex mutex_;
  std::map<TokenKey, Kept> kept_;
};

}  // namespace vitrine::keystone
