#pragma once

#include <string>
#include <string_view>

#include "http/message.h"

namespace vitrine::http {

/// Whether an Accept-Encoding header asks for gzip: named or covered by `*`, not refused with q=0, and not
/// worth less to the client than the plain body.
bool prefers_gzip(std::string_view accept_encoding);

/// The text as one gzip member.
std::string gzip(std::string_view text);

/// Compresses a JSON reply that is large enough to gain by it if the request asks, and says in Vary that it
/// depends. Costs time: worker threads only.
void compress(const Request& request, Reply& reply);

}  // namespace vitrine::http
