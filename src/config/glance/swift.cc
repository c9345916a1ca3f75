#include "config/glance/table.h"

namespace vitrine::config::glance {
namespace {

constexpr Row swift_rows[] = {
    {"swift_store_auth_insecure", Type::boolean, "false", "Trusts any certificate of Keystone and Swift."},
    {"swift_store_cacert", Type::text, unset,
     "Certificates of the authorities that Keystone and Swift are checked against."},
    {"swift_store_region", Type::text, unset, "Region of the Swift endpoint in the catalog."},
    {"swift_store_endpoint", Type::text, unset, "URL of the account, instead of the one in the catalog."},
    {"swift_store_endpoint_type",
     Type::text,
     "publicURL",
     "Interface of the Swift endpoint in the catalog.",
     {.choices = "publicURL,adminURL,internalURL"}},
    {"swift_store_service_type", Type::text, "object-store", "Service type of Swift in the catalog."},
    {"swift_store_large_object_size",
     Type::integer,
     "5120",
     "Size in MB from which an image is stored in segments.",
     {.min = 1}},
    {"swift_store_large_object_chunk_size", Type::integer, "200", "Size of a segment in MB.", {.min = 1}},
    {"swift_store_create_container_on_put", Type::boolean, "false", "Creates a missing container."},
    {"swift_store_multiple_containers_seed",
     Type::integer,
     "0",
     "How many characters of the image's id spread images over containers; 0: a single container.",
     {.min = 0, .max = 32}},
    {"swift_store_admin_tenants", Type::list, "",
     "Projects that may read and write all containers when images lie in the projects' accounts."},
    {"swift_store_ssl_compression", Type::boolean, "true", "Lets TLS compress."},
    {"swift_store_retry_get_count",
     Type::integer,
     "0",
     "How often a broken download is resumed.",
     {.min = 0}},
    {"swift_store_expire_soon_interval",
     Type::integer,
     "60",
     "Seconds before its end at which a token is renewed.",
     {.min = 0}},
    {"swift_store_use_trusts", Type::boolean, "true",
     "Renews tokens of long transfers through trusts when images lie in the projects' accounts."},
    {"swift_buffer_on_upload", Type::boolean, "false",
     "Keeps each segment on disk until it is stored, so that it can be sent again."},
    {"swift_store_auth_version",
     Type::text,
     "3",
     "Version of the identity API.",
     {.choices = "3", .is_deprecated = true}},
    {"swift_store_project_name",
     Type::text,
     unset,
     "Name of the application credential's project.",
     {.is_deprecated = true}},
    {"swift_store_project_id",
     Type::text,
     unset,
     "Id of the application credential's project.",
     {.is_deprecated = true}},
    {"swift_upload_buffer_dir", Type::text, unset, "Directory for segments kept on disk."},
};

}  // namespace

Groups swift() {
  static constexpr Group groups[] = {
      {per_store, swift_rows},
  };
  return groups;
}

}  // namespace vitrine::config::glance
