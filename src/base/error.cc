#include "base/error.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace vitrine {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid:
      return "invalid";
    case ErrorCode::unauthenticated:
      return "unauthenticated";
    case ErrorCode::forbidden:
      return "forbidden";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::conflict:
      return "conflict";
    case ErrorCode::duplicate:
      return "duplicate";
    case ErrorCode::gone:
      return "gone";
    case ErrorCode::limit_exceeded:
      return "limit_exceeded";
    case ErrorCode::storage_full:
      return "storage_full";
    case ErrorCode::storage_denied:
      return "storage_denied";
    case ErrorCode::damaged:
      return "damaged";
    case ErrorCode::not_supported:
      return "not_supported";
    case ErrorCode::unsupported_media_type:
      return "unsupported_media_type";
    case ErrorCode::range_unsatisfiable:
      return "range_unsatisfiable";
    case ErrorCode::headers_too_large:
      return "headers_too_large";
    case ErrorCode::request_timeout:
      return "request_timeout";
    case ErrorCode::not_implemented:
      return "not_implemented";
    case ErrorCode::unavailable:
      return "unavailable";
    case ErrorCode::timed_out:
      return "timed_out";
    case ErrorCode::configuration:
      return "configuration";
    case ErrorCode::cancelled:
      return "cancelled";
    case ErrorCode::internal:
      return "internal";
  }
  return "internal";
}

bool can_retry(ErrorCode code) {
  return code == ErrorCode::unavailable || code == ErrorCode::timed_out;
}

namespace {

ErrorCode code_of(int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return ErrorCode::storage_full;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorCode::storage_denied;
    case ENOENT:
      return ErrorCode::not_found;
    case EEXIST:
      return ErrorCode::duplicate;
    default:
      return ErrorCode::internal;
  }
}

}  // namespace

Error system_error(int error_number, std::string_view what) {
  return Error(code_of(error_number),
               fmt::format("{}: {}", what, std::generic_category().message(error_number)));
}

}  // namespace vitrine
