#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "fetch/admission.h"
#include "fetch/client.h"
#include "fetch/uri_filter.h"

namespace vitrine::fetch {

/// What a redirect may connect to, given its target and where the first answer came from (nothing: a proxy
/// knows). Throws Error{invalid} for a target that is not welcome.
using RedirectRule = std::function<Reach(const Uri& target, std::optional<AddressClass> first)>;

/// Targets pass that are welcome to the filter, and are not nearer than where the first answer came from;
/// through a proxy, none but global ones. Of the reach of the request itself the rest stays. The filter
/// outlives the rule.
RedirectRule outward(const UriFilter& filter, Reach reach = {});

/// Each target is judged by itself, as if it had been given. The admission outlives the rule.
RedirectRule admitted(const Admission& admission);

/// Which redirects are followed, and where to.
struct Redirects {
  std::span<const unsigned> statuses;  ///< that are followed; answers with any other are the caller's
  unsigned limit = 5;
  RedirectRule rule;
};

/// Sends the request and follows redirects; those of a request other than GET and HEAD are the caller's. Its
/// headers go on as long as scheme, host and port stay the same, and not beyond. The first URI is the
/// caller's to check. No redirect leads from https to http. Besides what Client::send throws: Error{invalid}
/// for a redirect that is refused, malformed or one too many.
std::unique_ptr<Response> send_following(Client& client, Request request, const Redirects& redirects);

/// The same; afterwards `request` is the one that was sent last.
std::unique_ptr<Response> follow(Client& client, Request& request, const Redirects& redirects);

}  // namespace vitrine::fetch
