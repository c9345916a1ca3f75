#include "stores/drivers/rbd/rbd_error.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

#include "base/log.h"

namespace vitrine::stores {
namespace {

struct Meaning {
  int error_number;
  ErrorCode code;
  std::string_view message;  ///< for clients, who need not know what lies behind
};

constexpr std::string_view no_answer = "The storage cluster does not answer in time. Try again later.";
/// The library calls an image read-only whose exclusive lock it could not get, for whatever reason.
constexpr std::string_view no_lock =
    "The storage cluster does not let the image be changed now. Try again later.";
constexpr std::string_view no_room = "The storage cluster has no room left, or its pool's quota is used up.";

constexpr Meaning meanings[] = {
    {ENOENT, ErrorCode::not_found, "The image's data is not in the store"},
    {EEXIST, ErrorCode::duplicate, "The store has data under this name already"},
    {EBUSY, ErrorCode::conflict, "The image's data is in use"},
    {ENOSPC, ErrorCode::storage_full, no_room},
    {EDQUOT, ErrorCode::storage_full, no_room},
    {EFBIG, ErrorCode::storage_full, "The data is too large for the storage cluster."},
    {EDOM, ErrorCode::storage_full, "The data is too large for the storage cluster."},
    {EACCES, ErrorCode::storage_denied, "The storage cluster does not let the service do this."},
    {EPERM, ErrorCode::storage_denied, "The storage cluster does not let the service do this."},
    {ETIMEDOUT, ErrorCode::unavailable, no_answer},
    {EROFS, ErrorCode::unavailable, no_lock},
    {EBADMSG, ErrorCode::unavailable, no_answer},  // a snapshot that came too late
    {ENOTCONN, ErrorCode::unavailable, no_answer},
    {ESHUTDOWN, ErrorCode::unavailable, "The storage cluster has shut the service out."},
};

}  // namespace

Error rbd_error(int result, std::string_view what) {
  const std::string reason = std::generic_category().message(-result);
  for (const Meaning& meaning : meanings) {
    if (meaning.error_number != -result) continue;
    const bool is_news = can_retry(meaning.code) || meaning.code == ErrorCode::storage_denied;
    if (is_news) log::warning("rbd store: cannot {}: {}", what, reason);
    return Error(meaning.code, std::string(meaning.message));
  }
  return Error(ErrorCode::internal, fmt::format("rbd store: cannot {}: {}", what, reason));
}

void check_rbd(int result, std::string_view what) {
  if (result < 0) throw rbd_error(result, what);
}

}  // namespace vitrine::stores
