#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "fetch/client.h"
#include "stores/driver.h"
#include "stores/drivers/cinder/cinder_access.h"
#include "stores/drivers/cinder/cinder_settings.h"

namespace vitrine::stores {

/// A request to Cinder's API, below the project's URL.
struct CinderRequest {
  fetch::Method method = fetch::Method::get;
  std::string path;  ///< "/volumes", with its query
  boost::json::object body = {};
};

/// Whatever Cinder answered.
struct CinderAnswer {
  unsigned status = 0;
  boost::json::object body = {};
  /// The request was made before without a clear answer, and may have been carried out then.
  bool is_repeated = false;

  bool is_good() const { return status < 300; }
  /// What Cinder says why not; empty: nothing.
  std::string reason() const;
};

/// Speaks to Cinder as the store's own user or as whoever calls: finds the endpoint, repeats what fails for
/// reasons that pass. May be shared between threads.
class CinderClient {
 public:
  explicit CinderClient(const CinderSettings& settings);

  /// Throws Error{storage_denied} if Keystone does not let the user in or has no endpoint of Cinder,
  /// Error{forbidden} if the caller's token has ended, Error{unavailable}, Error{timed_out}, Error{cancelled}
  /// if there is no answer.
  CinderAnswer ask(const StoreCall& call, const CinderRequest& request);

  /// URL of the API for the store's project. Throws as ask().
  std::string endpoint(const StoreCall& call);

  /// The error that a refusal is; `what` says what was tried, as "create a volume".
  static Error error_of(const CinderAnswer& refusal, std::string_view what);

 private:
  fetch::Request request_of(const StoreCall& call, const CinderRequest& request, const keystone::Pass& pass);
  CinderAnswer ask_once(const fetch::Request& request);
  fetch::Uri endpoint_for(const keystone::Pass& pass) const;

  const std::string endpoint_template_;
  const keystone::EndpointChoice choice_;
  const fetch::PatienceSettings patience_;
  const std::unique_ptr<CinderAccess> access_;
  fetch::Client client_;
};

}  // namespace vitrine::stores
