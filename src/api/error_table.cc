#include "api/error_table.h"

namespace vitrine::api {
namespace {

struct Row {
  ErrorCode code;
  unsigned status;
};

constexpr Row error_table[] = {
    {ErrorCode::invalid, 400},
    {ErrorCode::unauthenticated, 401},
    {ErrorCode::forbidden, 403},
    {ErrorCode::not_found, 404},
    {ErrorCode::conflict, 409},
    {ErrorCode::duplicate, 409},
    {ErrorCode::gone, 410},
    {ErrorCode::limit_exceeded, 413},
    // Glance answers 413, not 507, when a store is full; clients depend on it.
    {ErrorCode::storage_full, 413},
    {ErrorCode::storage_denied, 503},
    {ErrorCode::damaged, 503},
    {ErrorCode::not_supported, 400},
    {ErrorCode::unsupported_media_type, 415},
    {ErrorCode::range_unsatisfiable, 416},
    {ErrorCode::headers_too_large, 431},
    {ErrorCode::request_timeout, 408},
    {ErrorCode::not_implemented, 501},
    {ErrorCode::unavailable, 503},
    {ErrorCode::timed_out, 503},
    {ErrorCode::configuration, 500},
    {ErrorCode::cancelled, 503},
    {ErrorCode::internal, 500},
};

}  // namespace

unsigned http_status(ErrorCode code) {
  for (const Row& row : error_table) {
    if (row.code == code) return row.status;
  }
  return 500;
}

}  // namespace vitrine::api
