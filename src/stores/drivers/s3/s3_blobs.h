#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "stores/drivers/held_body.h"
#include "stores/drivers/name_claims.h"
#include "stores/drivers/s3/s3_client.h"

namespace vitrine::stores {

/// What a bucket says of a blob.
struct S3Object {
  std::uint64_t size = 0;
  std::string etag;  ///< without quotes

  bool operator==(const S3Object&) const = default;
};

/// What an attempt to write may have left in a bucket.
struct S3Leftover {
  std::string key;
  std::string upload_id;           ///< empty: none
  std::optional<S3Object> object;  ///< removed only if it is this one
};

/// The blobs of a store's own bucket, and how they come into being: as one object, or as an upload in parts
/// that becomes one when it is completed. Nothing replaces a blob that is there. May be shared between
/// threads; what goes wrong is thrown as S3Client says it.
class S3Blobs {
 public:
  /// The client is borrowed.
  S3Blobs(S3Client& client, S3Bucket bucket, S3Sums sums)
      : client_(client), bucket_(std::move(bucket)), sums_(sums) {}

  /// What goes with data that is held while it is sent.
  S3Sums sums() const { return sums_; }

  /// Nothing if there is none of this key.
  std::optional<S3Object> find(const StoreCall& call, const std::string& key);

  /// Puts a whole blob. Throws Error{duplicate}.
  void put(const StoreCall& call, const std::string& key, Bytes content);
  /// Begins to put a blob that is pushed, all of which is then in the stream that is finished.
  std::unique_ptr<fetch::Sending> begin_put(const StoreCall& call, const std::string& key,
                                            std::uint64_t length);
  /// `md5` is that of the whole blob, in hexadecimal. Throws Error{duplicate}, Error{unavailable} if
  /// something else arrived than was sent; then nothing is left.
  void finish_put(const StoreCall& call, const std::string& key, HeldBody& stream, const S3Object& expected);

  /// Begins an upload and returns its id; abort() or complete() ends it. If it is one with checksums, all
  /// parts have them.
  std::string begin_upload(const StoreCall& call, const std::string& key, S3Sums sums);
  /// Sends a part, counted from 1.
  S3Part send_part(const StoreCall& call, const S3Upload& upload, std::size_t number, Bytes content,
                   S3Sums sums);
  std::unique_ptr<fetch::Sending> begin_part(const StoreCall& call, const S3Upload& upload,
                                             std::size_t number, std::uint64_t length);
  S3Part finish_part(fetch::Sending& sending, const std::string& md5);
  /// Makes the parts one blob of `size` bytes. Throws Error{duplicate}.
  void complete(const StoreCall& call, const S3Upload& upload, const std::vector<S3Part>& parts,
                std::uint64_t size);
  void abort(const StoreCall& call, const S3Upload& upload);
  /// Aborts those uploads of the key that nobody in this process has under way.
  void abort_strays(const StoreCall& call, const std::string& key);

  void remove(const StoreCall& call, const std::string& key);

  /// Takes away what is left of an attempt. What cannot be taken away now is remembered for the next two.
  void clean_up(const S3Leftover& leftover) noexcept;
  /// Aborts the uploads that could not be aborted.
  void retry_clean_up();
  /// Throws Error{duplicate} if there is a blob of this key, unless it is one that an attempt left.
  void require_free(const StoreCall& call, const std::string& key);

 private:
  [[noreturn]] void refuse(const S3Answer& refusal, std::string_view purpose) const;
  S3Answer ask_if_absent(const StoreCall& call, S3Request request);
  S3Answer complete_once(const StoreCall& call, const S3Upload& upload, std::string_view document);
  bool has_arrived(const StoreCall& call, const std::string& key, const S3Object& expected);
  std::string begin_once(const StoreCall& call, const std::string& key, S3Sums sums);
  void abort_quietly(const std::string& key);
  void abort_listed(const StoreCall& call, const std::string& key);
  bool is_live(const std::string& id);
  void forget(const std::string& id);

  S3Client& client_;
  const S3Bucket bucket_;
  const S3Sums sums_;
  NameClaims claims_;  ///< of keys whose uploads begin, end or are looked for
  /// Whether the service knows requests that count only if there is no blob yet; Swift's does not.
  std::atomic<bool> is_conditional_ = true;
  std::mutex mutex_;
  std::vector<S3Upload> unaborted_;
  std::map<std::string, S3Object> unremoved_;  ///< by key
  std::set<std::string> live_;                 ///< ids of uploads that somebody here has under way
};

/// The ETag of an object made of parts that have these ETags; empty if they do not tell.
std::string etag_of_parts(const std::vector<std::string>& etags);
std::string etag_of_parts(const std::vector<S3Part>& parts);

}  // namespace vitrine::stores
