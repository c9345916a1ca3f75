#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The XML that an S3 service and its clients send each other.
namespace vitrine::stores {

/// Bytes; a document that is longer is cut off there.
inline constexpr std::size_t s3_document_limit = std::size_t{4} << 20;

/// Why a request was refused, as far as the document says; empty if it is none.
struct S3Complaint {
  std::string code;    ///< "NoSuchBucket"
  std::string region;  ///< that would have been the right one
};
S3Complaint parse_s3_complaint(std::string_view document);

/// The id of an upload that was begun; nothing if the document is not about one.
std::optional<std::string> parse_s3_upload_id(std::string_view document);

/// Whether the document says that an upload is complete. Services answer with 200 before they know.
bool is_s3_completion(std::string_view document);

struct S3Upload {
  std::string key;
  std::string id;
};

/// A page of the uploads that are under way.
struct S3Uploads {
  std::vector<S3Upload> uploads;
  std::optional<S3Upload> next;  ///< where the next page begins; nothing: this is the last
};

/// Nothing if the document is not about uploads.
std::optional<S3Uploads> parse_s3_uploads(std::string_view document);

/// A part of an upload, as the service knows it.
struct S3Part {
  std::string etag;
  std::string checksum = {};  ///< that was sent with it, as in S3Checksum; empty: none was
};

/// What completes an upload of these parts, from the first one on.
std::string s3_completion(const std::vector<S3Part>& parts);

/// What creates a bucket in the region.
std::string s3_bucket_in(std::string_view region);

}  // namespace vitrine::stores
