#include "config/glance/table.h"

namespace vitrine::config::glance {
namespace {

constexpr Row glance_store[] = {
    {"default_backend", Type::text, unset,
     "Id of the store for data for which none is named; needed with enabled_backends."},
    {"stores",
     Type::list,
     "file,http",
     "Store types that are enabled when there is a single store.",
     {.is_deprecated = true}},
    {"default_store",
     Type::text,
     "file",
     "Type of the single store that takes new data.",
     {.choices = "file,filesystem,http,https,swift,swift+http,swift+https,swift+config,rbd,cinder,vsphere,s3",
      .is_deprecated = true}},
};

constexpr Row any_store[] = {
    {"store_description", Type::text, unset, "Text that the list of stores shows for this one."},
    {"weight", Type::integer, "0", "Stores with a larger weight are preferred for reading."},
};

constexpr Row file[] = {
    {"filesystem_store_datadir", Type::text, "/var/lib/glance/images",
     "Directory that holds the image files."},
    {"filesystem_store_datadirs",
     Type::multi,
     unset,
     "Several such directories, each as path or path:priority, instead of the single one.",
     {.is_deprecated = true}},
    {"filesystem_store_metadata_file", Type::text, unset,
     "JSON file with metadata that locations in this store carry."},
    {"filesystem_store_file_perm", Type::integer, "0",
     "Permissions of image files as octal digits; 0: as the umask says."},
    {"filesystem_store_chunk_size", Type::integer, "65536", "Bytes read or written at a time.", {.min = 1}},
    {"filesystem_thin_provisioning", Type::boolean, "false", "Writes blocks of zeros as holes."},
    {"filesystem_store_timeout",
     Type::integer,
     "0",
     "Seconds after which a call that hangs in the file system is given up; 0: never.",
     {.min = 0}},
    {"filesystem_store_thread_pool_size", Type::integer, "10", "Threads for such calls.", {.min = 1}},
    {"filesystem_store_threadpool_threshold",
     Type::integer,
     "75",
     "Percentage of busy threads from which a warning is logged.",
     {.min = 0, .max = 100}},
};

constexpr Row http[] = {
    {"https_ca_certificates_file", Type::text, unset,
     "Certificates of the authorities that the store's servers are checked against."},
    {"https_insecure", Type::boolean, "true", "Trusts any server certificate, unless authorities are given."},
    {"http_proxy_information", Type::map, "", "Proxies, as scheme:proxy pairs."},
};

constexpr Group groups[] = {
    {"glance_store", glance_store},
    {per_store, any_store},
    {per_store, file},
    {per_store, http},
};

}  // namespace

Groups stores() {
  return groups;
}

}  // namespace vitrine::config::glance
