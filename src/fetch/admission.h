#pragma once

#include "fetch/reach.h"
#include "fetch/uri.h"
#include "fetch/uri_filter.h"

namespace vitrine::fetch {

/// How near the servers may be that this service asks for its users.
enum class Vicinity {
  site,    ///< not this machine and its links, but for hosts that are allowed by name
  global,  ///< what the Internet reaches, without exception
};

/// Which URIs this service asks for its users, and which addresses their servers may have: one answer for
/// imports, for locations that clients give, for old task types, and for every redirect on the way.
/// Immutable: may be shared between threads.
class Admission {
 public:
  Admission(UriFilter filter, Vicinity vicinity);

  /// What a request for the URI may connect to, so that the address that is used is one that was looked at.
  /// Throws Error{invalid} for a URI that is refused as it is written.
  Reach admit(const Uri& uri) const;

 private:
  UriFilter filter_;
  Reach reach_;  ///< of every host
};

}  // namespace vitrine::fetch
