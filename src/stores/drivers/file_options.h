#pragma once

#include "base/option.h"

/// Options of a store of type `file`.
namespace vitrine::stores {

inline constexpr Option<std::string> filesystem_store_datadir{
    .name = "filesystem_store_datadir",
    .group = per_store,
    .fallback = "/var/lib/glance/images",
    .help =
        "Directory that holds the image files. Created if it is missing. Leave it empty to use "
        "filesystem_store_datadirs instead.",
};

inline constexpr Option<MultiText> filesystem_store_datadirs{
    .name = "filesystem_store_datadirs",
    .group = per_store,
    .help =
        "Several directories for image files, each `path` or `path:priority`, given once per directory. New "
        "data "
        "goes to the directory with the most free space among those of the highest priority that have room. "
        "Excludes filesystem_store_datadir.",
};

inline constexpr Option<std::optional<std::string>> filesystem_store_metadata_file{
    .name = "filesystem_store_metadata_file",
    .group = per_store,
    .help =
        "JSON file with an object, or a list of objects, that have at least the texts `id` and `mountpoint`. "
        "The "
        "first whose mountpoint is a prefix of an image file's path is stored with that file's location.",
};

inline constexpr Option<std::int64_t> filesystem_store_file_perm{
    .name = "filesystem_store_file_perm",
    .group = per_store,
    .fallback = 0,
    .help =
        "Permissions of image files as an octal number, such as 640; the owner must be able to read. 0: what "
        "the "
        "umask leaves.",
};

inline constexpr Option<std::int64_t> filesystem_store_chunk_size{
    .name = "filesystem_store_chunk_size",
    .group = per_store,
    .fallback = 65536,
    .help = "Bytes of a block. With filesystem_thin_provisioning, blocks full of zeros become holes.",
    .min = 1,
};

inline constexpr Option<bool> filesystem_thin_provisioning{
    .name = "filesystem_thin_provisioning",
    .group = per_store,
    .fallback = false,
    .help = "Leave holes in image files where the data is zeros.",
};

inline constexpr Option<std::int64_t> filesystem_store_timeout{
    .name = "filesystem_store_timeout",
    .group = per_store,
    .fallback = 0,
    .help =
        "Seconds after which asking the file system for a file's size or for free space, or removing a file, "
        "counts as failed. 0: no limit.",
    .min = 0,
    .max = 31536000,
};

inline constexpr Option<std::int64_t> filesystem_store_thread_pool_size{
    .name = "filesystem_store_thread_pool_size",
    .group = per_store,
    .fallback = 10,
    .help = "Threads for the calls that filesystem_store_timeout limits.",
    .min = 1,
};

inline constexpr Option<std::int64_t> filesystem_store_threadpool_threshold{
    .name = "filesystem_store_threadpool_threshold",
    .group = per_store,
    .fallback = 75,
    .help = "Percent of these threads in use from which on a warning is logged.",
    .min = 0,
    .max = 100,
};

}  // namespace vitrine::stores
