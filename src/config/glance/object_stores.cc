#include "config/glance/table.h"

namespace vitrine::config::glance {
namespace {

constexpr Row s3[] = {
    {"s3_store_region_name", Type::text, "", "Region that requests are signed for."},
    {"s3_store_create_bucket_on_put", Type::boolean, "false", "Creates a missing bucket."},
    {"s3_store_bucket_url_format", Type::text, "auto",
     "Where the bucket stands in URLs: virtual (in the host name), path, or auto."},
    {"s3_store_large_object_size",
     Type::integer,
     "100",
     "Size in MB from which an image is uploaded in parts.",
     {.min = 0}},
    {"s3_store_large_object_chunk_size", Type::integer, "10", "Size of a part in MB, 5 at least."},
    {"s3_store_thread_pools", Type::integer, "10", "Parts uploaded at the same time."},
    {"s3_store_cacert", Type::text, "",
     "Certificates of the authorities that the service is checked against; empty: the system's."},
    {"s3_store_enable_data_integrity_protection", Type::boolean, "false",
     "Whether the two options about checksums count."},
    {"s3_store_request_checksum_calculation",
     Type::text,
     "when_required",
     "When uploads carry a checksum.",
     {.choices = "when_required,when_supported"}},
    {"s3_store_response_checksum_validation",
     Type::text,
     "when_required",
     "When checksums of downloads are checked.",
     {.choices = "when_required,when_supported"}},
};

constexpr Row vmware[] = {
    {"vmware_api_retry_count", Type::integer, "10", "How often a failed call is tried again.", {.min = 1}},
    {"vmware_task_poll_interval",
     Type::integer,
     "5",
     "Seconds between two looks at a running task.",
     {.min = 1}},
    {"vmware_insecure",
     Type::boolean,
     "false",
     "Trusts any server certificate, unless authorities are given.",
     {.former = "vmware_api_insecure"}},
    {"vmware_ca_file", Type::text, unset,
     "Certificates of the authorities that the server is checked against."},
};

constexpr Group groups[] = {
    {per_store, s3},
    {per_store, vmware},
};

}  // namespace

Groups object_stores() {
  return groups;
}

}  // namespace vitrine::config::glance
