#pragma once

#include <initializer_list>
#include <string_view>

namespace vitrine::api {

/// Which of the offered media types an Accept header prefers (RFC 9110 §12.5.1); among equals the first one
/// offered. Empty when it accepts none. A malformed header accepts everything, as in webob, which Glance
/// answers with.
std::string_view best_media_type(std::string_view accept, std::initializer_list<std::string_view> offers);

}  // namespace vitrine::api
