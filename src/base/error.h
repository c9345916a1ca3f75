#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace vitrine {

/// Every way in which an operation can fail. What HTTP status each one becomes is decided in
/// api/error_table.cc; whether a retry can help is decided by can_retry().
enum class ErrorCode {
  invalid,                 ///< the request or a value in it is wrong
  unauthenticated,         ///< nobody is known to be calling
  forbidden,               ///< the caller may not do this
  not_found,               ///< no such thing, or the caller may not know of it
  conflict,                ///< the thing's state does not allow it
  duplicate,               ///< it exists already
  gone,                    ///< it was deleted meanwhile, or a store takes no new data
  limit_exceeded,          ///< a quota, cap or size limit
  storage_full,            ///< a store has no room
  storage_denied,          ///< a store may not be written
  damaged,                 ///< a store gave other data than it was given, perhaps from the first byte on
  not_supported,           ///< the store or driver cannot do this
  unsupported_media_type,  ///< content type or data format not accepted here
  range_unsatisfiable,     ///< the byte range lies outside the data
  headers_too_large,       ///< request line or headers beyond the limit
  request_timeout,         ///< the client sent too slowly
  not_implemented,         ///< an HTTP method that this service does not know
  unavailable,             ///< a peer (database, store, Keystone) is down or overloaded; a retry can help
  timed_out,               ///< a peer did not answer in time; a retry can help
  configuration,           ///< the operator's configuration is wrong; only seen at start
  cancelled,               ///< the client left or the service is stopping
  internal,                ///< a defect; logged in full, shown to nobody
};

std::string_view to_string(ErrorCode code);

/// The one exception of the program. `what()` is fit for the client unless the code is `internal`,
/// and says what the reader can do about it. Never holds a secret.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}

  ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

/// Whether the same call may succeed when made again. Belongs to the code, so that nobody reads messages.
bool can_retry(ErrorCode code);

/// An Error for a failed system call: `what` says what was tried ("write /srv/images/x"); `error_number` is
/// errno. ENOSPC, EDQUOT and EFBIG become storage_full, EACCES, EPERM and EROFS storage_denied, ENOENT
/// not_found, EEXIST duplicate, everything else internal.
Error system_error(int error_number, std::string_view what);

}  // namespace vitrine
