#pragma once

#include "api/services.h"
#include "http/message.h"

namespace vitrine::api {

/// Whether the path is the health check's or below it.
bool is_health_path(std::string_view path);

/// `GET /healthcheck`, as oslo.middleware answers it: 200 OK, or 503 while the file of disable_by_file_path
/// exists.
http::Reply health_reply(const ApiSettings& settings, const http::Request& request);

}  // namespace vitrine::api
