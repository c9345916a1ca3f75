#include "config/glance/table.h"

namespace vitrine::config::glance {
namespace {

constexpr Row s3[] = {
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
