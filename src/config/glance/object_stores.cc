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

}  // namespace

Groups object_stores() {
  static constexpr Group groups[] = {
      {per_store, s3},
  };
  return groups;
}

}  // namespace vitrine::config::glance
