#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

#include "keystone/session.h"

namespace vitrine::keystone {

/// One of the places where a service is to be had.
struct EndpointChoice {
  std::string type;       ///< of the service, as in "image"
  std::string interface;  ///< "public", "internal" or "admin"
  std::string region;     ///< in any case of letters; empty: any
  std::string name = {};  ///< of the service; empty: any
};

/// The URL of the first endpoint that fits; empty if there is none.
std::string endpoint_url(const boost::json::array& catalog, const EndpointChoice& choice);

/// The same in the catalog of a token's holder. Throws Error{forbidden} if the token is not valid any more,
/// Error{unavailable} if Keystone is down or is not understood.
std::string endpoint_url(Session& session, std::string_view token, const EndpointChoice& choice);

}  // namespace vitrine::keystone
