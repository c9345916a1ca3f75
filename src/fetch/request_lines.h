#pragma once

#include <string>
#include <vector>

#include "fetch/client.h"

/// A request as libcurl wants it written.
namespace vitrine::fetch {

std::string method_name(Method method);

/// For CURLOPT_RANGE. An end that some servers could not count to is left open.
std::string range_text(const ByteRange& range);

/// The proxy with its port always written: libcurl would take 1080, everybody else takes the scheme's own.
std::string proxy_text(Uri proxy);

enum class GoAhead { awaited, not_awaited };

/// For CURLOPT_HTTPHEADER. Throws Error{invalid} for a header that would end before its end.
std::vector<std::string> header_lines(const Request& request, GoAhead go_ahead);

}  // namespace vitrine::fetch
