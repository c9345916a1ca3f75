#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "fetch/patience.h"
#include "stores/driver.h"

/// Rules that every driver keeps the same way.
namespace vitrine::stores {

/// Bytes; a longer blob name would leave a driver no room for a name of its own beside it.
inline constexpr std::size_t blob_name_limit = 200;

/// Throws Error{invalid} unless the name can be a file's name and the last part of a URI: not empty, not
/// longer than blob_name_limit, no slash, no control character, no dot in front, no blank at either end.
void check_blob_name(const BlobName& name);

/// A range made definite for a blob whose size is known.
struct Stretch {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// What the range means in a blob of `size` bytes; cut at the blob's end, empty if it starts right there.
/// Throws Error{range_unsatisfiable} if it starts beyond the end.
Stretch stretch_of(ByteRange range, std::uint64_t size);

/// Whether there is nothing but zeros, which a store may leave out. True for no bytes.
bool is_all_zero(Bytes bytes);

/// Percent-encoded, but for letters, digits, "-._~" and what is to be kept beside them.
std::string percent_encode(std::string_view text, std::string_view kept = {});

/// The MD5 of the bytes, in hexadecimal.
std::string md5_hex(Bytes bytes);

/// Whether the text is an MD5 in hexadecimal, as most ETags are.
bool is_md5(std::string_view text);

/// An ETag without its quotes.
std::string bare_etag(std::string_view header);

/// What the removal of that which a failed upload left may take.
inline constexpr std::chrono::seconds clean_up_time{30};

/// How long a store that was sent data is given to say so before what was stopped is cleaned up.
inline constexpr std::chrono::seconds settling_time{5};

/// Whether a request that ended so may have been carried out.
bool leaves_doubt(ErrorCode code);

/// As fetch::wait_for_next(), for as long as the call lasts.
bool wait_for_next(fetch::Patience& patience, const StoreCall& call);

/// A copy of who calls, for what goes on when the call has returned.
std::optional<model::Caller> caller_of(const StoreCall& call);

/// A URI in two: what stands before "://", and what follows. The scheme is empty if there is no "://".
struct SplitUri {
  std::string scheme;  ///< lower case
  std::string_view rest;
};

SplitUri split_uri(std::string_view uri);

/// Without slashes at either end.
std::string_view without_slashes(std::string_view text);

/// The URI without what stands before the "@" of its host, be it keys or a password: fit for a log, or for an
/// answer. Keys of old S3 locations may hold slashes.
std::string without_credentials(std::string_view uri);

}  // namespace vitrine::stores
