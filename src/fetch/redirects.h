#pragma once

#include <memory>
#include <span>

#include "fetch/client.h"
#include "fetch/uri_filter.h"

namespace vitrine::fetch {

/// Which redirects are followed, and where to.
struct Redirects {
  std::span<const unsigned> statuses;  ///< that are followed; answers with any other are the caller's
  unsigned limit = 5;
  const UriFilter& filter;  ///< every target has to pass it
};

/// Sends the request and follows redirects; those of a request other than GET and HEAD are the caller's. Its
/// headers go on as long as scheme, host and port stay the same, and not beyond. The first URI is the
/// caller's to check. No redirect leads to an address nearer than the one that the first answer came from
/// (through a proxy: none but global ones), nor from https to http. Besides what Client::send throws:
/// Error{invalid} for a redirect that is refused, malformed or one too many.
std::unique_ptr<Response> send_following(Client& client, Request request, const Redirects& redirects);

}  // namespace vitrine::fetch
