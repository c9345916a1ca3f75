#pragma once

#include "base/option.h"

namespace vitrine::stores {

inline constexpr Option<std::optional<std::string>> default_backend{
    .name = "default_backend",
    .group = "glance_store",
    .help = "Id of the store for data for which none is named; needed with enabled_backends.",
};

inline constexpr Option<TextList> enabled_stores{
    .name = "stores",
    .group = "glance_store",
    .fallback = "file,http",
    .help = "Types of the stores that are enabled, in a service with a single store of each type.",
};

inline constexpr Option<std::string> default_store{
    .name = "default_store",
    .group = "glance_store",
    .fallback = "file",
    .help =
        "URI scheme of the store that new image data goes to, in a service with a single store of each type.",
    .choices = "file,filesystem,http,https,swift,swift+http,swift+https,swift+config,rbd,cinder,vsphere,s3",
};

inline constexpr Option<std::optional<std::string>> store_description{
    .name = "store_description",
    .group = per_store,
    .help = "Text that the list of stores shows for this one.",
};

inline constexpr Option<std::int64_t> weight{
    .name = "weight",
    .group = per_store,
    .fallback = 0,
    .help = "Stores with a larger weight are preferred for reading.",
};

inline constexpr Option<std::int64_t> store_threads{
    .name = "store_threads",
    .group = per_store,
    .fallback = 8,
    .help = "Threads that read from and write to this store. Its slowness can hold these up and no others.",
    .min = 1,
    .max = 1024,
};

inline constexpr Option<std::string> node_staging_uri{
    .name = "node_staging_uri",
    .fallback = "file:///tmp/staging/",
    .help =
        "file:// URI of the directory for data that waits for its import. With enabled_backends "
        "[os_glance_staging_store] filesystem_store_datadir counts instead.",
};

inline constexpr Option<std::optional<std::string>> work_dir{
    .name = "work_dir",
    .group = "task",
    .help =
        "Directory for scratch files of tasks. With enabled_backends [os_glance_tasks_store] "
        "filesystem_store_datadir counts instead.",
};

/// Every option of this room, those of all drivers included.
OptionList options();

}  // namespace vitrine::stores
