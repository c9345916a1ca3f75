#pragma once

#include "base/option.h"

namespace vitrine::config {

inline constexpr Option<TextList> config_source{
    .name = "config_source",
    .help =
        "Sections that say where more configuration is kept, the first one winning; files win over it. Each "
        "section has driver = remote_file and uri, and may have ca_path, client_cert and client_key.",
};

/// Every option of this room. Config knows them without being told.
OptionList options();

}  // namespace vitrine::config
