#include "config/glance/table.h"

namespace vitrine::config::glance {
namespace {

constexpr Row swift_rows[] = {
    {"swift_store_ssl_compression", Type::boolean, "true", "Lets TLS compress."},
    {"swift_buffer_on_upload", Type::boolean, "false",
     "Keeps each segment on disk until it is stored, so that it can be sent again."},
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
