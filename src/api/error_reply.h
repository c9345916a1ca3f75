#pragma once

#include <exception>
#include <string_view>

#include "http/message.h"

namespace vitrine::api {

/// An error's answer in the form that the request's Accept header asks for, as webob writes it: HTML for
/// `*/*` and text/html, JSON for application/json, else plain text. python-glanceclient sends `*/*` and
/// strips the HTML.
http::Reply error_reply(unsigned status, std::string_view message, const http::Request& request);

/// The answer for anything that was thrown. What is not fit for the client is logged and answered as a bare
/// 500.
http::Reply error_reply(std::exception_ptr error, const http::Request& request);

/// "404 Not Found"
std::string status_line(unsigned status);

}  // namespace vitrine::api
