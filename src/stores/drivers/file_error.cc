#include "stores/drivers/file_error.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace vitrine::stores {

Error file_error(int error_number, std::string_view what) {
  switch (error_number) {
    case EAGAIN:
    case ECONNREFUSED:
    case ECONNRESET:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENOTCONN:
    case ESTALE:
    case ETIMEDOUT:
      return Error(ErrorCode::unavailable,
                   fmt::format("{}: {}", what, std::generic_category().message(error_number)));
    default:
      return system_error(error_number, what);
  }
}

Error directory_error(int error_number, std::string_view what) {
  if (error_number == ENOENT || error_number == ENOTDIR) {
    return Error(ErrorCode::unavailable, "The store's directory is missing");
  }
  return file_error(error_number, what);
}

}  // namespace vitrine::stores
