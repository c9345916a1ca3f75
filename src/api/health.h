#pragma once

#include "api/services.h"
#include "http/message.h"

namespace vitrine::api {

/// Whether the path is the health check's or below it.
bool is_health_path(std::string_view path);

/// `GET /healthcheck`, as oslo.middleware answers it: 200 OK, or 503 while the file of disable_by_file_path
/// exists. In detail it tells of every store, whose state never changes the status: the node still serves
/// what the others hold.
http::Reply health_reply(const ApiSettings& settings, const stores::StoreSet& stores,
                         const http::Request& request);

}  // namespace vitrine::api
