#include "config/glance/table.h"

namespace vitrine::config::glance {
namespace {

constexpr Row service_rows[] = {
    {"pydev_worker_debug_host",
     Type::text,
     unset,
     "Host of a Python debugger.",
     {.is_host = true, .has_effect = false}},
    {"pydev_worker_debug_port",
     Type::integer,
     "5678",
     "Port of a Python debugger.",
     {.min = 0, .max = 65535, .has_effect = false}},
    {"metadata_encryption_key",
     Type::text,
     unset,
     "AES key of 16, 24 or 32 characters that encrypts the location URLs in the database.",
     {.is_secret = true, .is_deprecated = true}},
    {"digest_algorithm",
     Type::text,
     "sha256",
     "Digest for image signatures in older versions of Glance.",
     {.has_effect = false}},
    {"image_cache_sqlite_db",
     Type::text,
     "cache.db",
     "Name of the cache's database, below image_cache_dir.",
     {.is_deprecated = true}},
    {"image_cache_driver",
     Type::text,
     "centralized_db",
     "Where the cache keeps its books.",
     {.choices = "centralized_db,sqlite,xattr", .any_case = true}},
    {"image_cache_max_size",
     Type::integer,
     "10737418240",
     "Bytes that pruning shrinks the cache to.",
     {.min = 0}},
    {"image_cache_stall_time",
     Type::integer,
     "86400",
     "Seconds after which an incomplete file in the cache is given up.",
     {.min = 0}},
    {"image_cache_dir", Type::text, unset, "Directory of the image cache; unset: no cache."},
    {"default_publisher_id", Type::text, "image.localhost", "Name of the sender in notifications."},
    {"disabled_notifications", Type::list, "", "Event types, or their first parts, that are not sent."},
    {"scrub_time",
     Type::integer,
     "0",
     "Seconds that data of a deleted image is kept with delayed_delete.",
     {.min = 0}},
    {"scrub_pool_size", Type::integer, "1", "Threads that remove such data.", {.min = 1}},
    {"delayed_delete", Type::boolean, "false",
     "Keeps the data of deleted images until a scrubber removes it."},
    {"wakeup_time",
     Type::integer,
     "300",
     "Seconds between two runs of the scrubber as a daemon.",
     {.min = 0}},
    {"daemon", Type::boolean, "false", "Whether the scrubber keeps running."},
    {"restore", Type::text, unset, "Id of an image whose pending deletion the scrubber takes back."},
    {"metadata_source_path", Type::text, "/etc/glance/metadefs/",
     "Directory with the metadata definitions that are loaded into the database."},
};

}  // namespace

Groups service() {
  static constexpr Group groups[] = {
      {"DEFAULT", service_rows},
  };
  return groups;
}

}  // namespace vitrine::config::glance
