#pragma once

#include <boost/json/value.hpp>
#include <string>

#include "http/message.h"

namespace vitrine::api {

/// JSON that is text already.
http::Reply json_text_reply(std::string json, unsigned status = 200);

http::Reply json_reply(const boost::json::value& document, unsigned status = 200);

/// 204, or another success without a body. Carries the content type that webob puts there.
http::Reply empty_reply(unsigned status = 204);

}  // namespace vitrine::api
