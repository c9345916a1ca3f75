#pragma once

#include "base/option.h"

namespace vitrine::config {

inline constexpr Option<TextList> config_source{
    .name = "config_source",
    .help =
        "Sections that say where more configuration is kept, the first one winning; files win over it. Each "
        "section has driver = remote_file and uri, and may have ca_path, client_cert and client_key.",
};

/// Read here for the sections that it names, and by `stores`.
inline constexpr Option<TextMap> enabled_backends{
    .name = "enabled_backends",
    .help =
        "The stores, as id:type pairs; each has a section named after its id. Types: cinder, file, http, "
        "rbd, "
        "s3, swift, vmware. Without this option there is one store of each type in [glance_store] stores.",
};

/// Every option of this room. Config knows them without being told.
OptionList options();

}  // namespace vitrine::config
