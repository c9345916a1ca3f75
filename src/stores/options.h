#pragma once

#include "base/option.h"

namespace vitrine::stores {

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

inline constexpr Option<std::int64_t> store_threads{
    .name = "store_threads",
    .group = per_store,
    .fallback = 8,
    .help = "Threads that read from and write to this store. Its slowness can hold these up and no others.",
    .min = 1,
    .max = 1024,
};

/// Every option of this room, those of all drivers included.
OptionList options();

}  // namespace vitrine::stores
