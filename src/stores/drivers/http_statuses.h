#pragma once

/// Statuses of HTTP that drivers tell from others.
namespace vitrine::stores::http_status {

inline constexpr unsigned ok = 200;
inline constexpr unsigned created = 201;
inline constexpr unsigned no_content = 204;
inline constexpr unsigned partial_content = 206;
inline constexpr unsigned unauthorized = 401;
inline constexpr unsigned forbidden = 403;
inline constexpr unsigned not_found = 404;
inline constexpr unsigned conflict = 409;
inline constexpr unsigned precondition_failed = 412;
inline constexpr unsigned content_too_large = 413;
inline constexpr unsigned range_not_satisfiable = 416;
inline constexpr unsigned insufficient_storage = 507;

}  // namespace vitrine::stores::http_status
