#pragma once

#include "base/option.h"

/// Options of a store of type `s3`.
namespace vitrine::stores {

inline constexpr Option<std::optional<std::string>> s3_store_host{
    .name = "s3_store_host",
    .group = per_store,
    .help = "URL of the S3 service; without a scheme, http.",
};

inline constexpr Option<std::string> s3_store_region_name{
    .name = "s3_store_region_name",
    .group = per_store,
    .fallback = "",
    .help =
        "Region that requests are signed for, and that a new bucket lies in; empty: as Amazon's host names "
        "say, "
        "else us-east-1.",
};

inline constexpr Option<std::optional<std::string>> s3_store_access_key{
    .name = "s3_store_access_key",
    .group = per_store,
    .help = "Access key.",
    .is_secret = true,
};

inline constexpr Option<std::optional<std::string>> s3_store_secret_key{
    .name = "s3_store_secret_key",
    .group = per_store,
    .help = "Secret key.",
    .is_secret = true,
};

inline constexpr Option<std::optional<std::string>> s3_store_bucket{
    .name = "s3_store_bucket",
    .group = per_store,
    .help = "Bucket that holds the images.",
};

inline constexpr Option<bool> s3_store_create_bucket_on_put{
    .name = "s3_store_create_bucket_on_put",
    .group = per_store,
    .help = "Creates a missing bucket.",
};

inline constexpr Option<std::string> s3_store_bucket_url_format{
    .name = "s3_store_bucket_url_format",
    .group = per_store,
    .fallback = "auto",
    .help =
        "Where the bucket stands in URLs: virtual (in the host name), path, or auto: in the host name at "
        "Amazon, if it can stand there, else in the path.",
};

inline constexpr Option<std::int64_t> s3_store_large_object_size{
    .name = "s3_store_large_object_size",
    .group = per_store,
    .fallback = 100,
    .help = "Size in MiB from which an image is uploaded in parts, as is one whose size is not known.",
    .min = 0,
};

inline constexpr Option<std::int64_t> s3_store_large_object_chunk_size{
    .name = "s3_store_large_object_chunk_size",
    .group = per_store,
    .fallback = 10,
    .help =
        "Size of a part in MiB, 5 at least. Larger parts are made where 10,000 of this size would not do.",
};

inline constexpr Option<std::int64_t> s3_store_thread_pools{
    .name = "s3_store_thread_pools",
    .group = per_store,
    .fallback = 10,
    .help =
        "Most parts of an image that are uploaded at the same time. Fewer are if they would take up more "
        "than "
        "50 MiB of memory.",
};

inline constexpr Option<bool> s3_store_enable_data_integrity_protection{
    .name = "s3_store_enable_data_integrity_protection",
    .group = per_store,
    .fallback = false,
    .help = "Whether the two options about checksums count.",
};

inline constexpr Option<std::string> s3_store_request_checksum_calculation{
    .name = "s3_store_request_checksum_calculation",
    .group = per_store,
    .fallback = "when_required",
    .help =
        "when_supported: objects and parts that are held in memory are sent with their CRC-32, which the "
        "service checks "
        "and keeps. when_required: without.",
    .choices = "when_required,when_supported",
};

inline constexpr Option<std::string> s3_store_response_checksum_validation{
    .name = "s3_store_response_checksum_validation",
    .group = per_store,
    .fallback = "when_required",
    .help =
        "when_supported: an image that is read as a whole is held against the CRC-32 that the service has of "
        "it, which "
        "takes a request more. when_required: it is not.",
    .choices = "when_required,when_supported",
};

inline constexpr Option<std::string> s3_store_cacert{
    .name = "s3_store_cacert",
    .group = per_store,
    .fallback = "",
    .help =
        "Certificates of the authorities that the service is checked against, in PEM; empty: the system's.",
};

}  // namespace vitrine::stores
