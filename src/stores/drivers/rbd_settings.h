#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/option.h"
#include "config/config.h"
#include "stores/place.h"

namespace vitrine::stores {

inline constexpr Option<std::string> rbd_store_pool{
    .name = "rbd_store_pool",
    .group = per_store,
    .fallback = "images",
    .help = "Pool that holds the images.",
};

inline constexpr Option<std::string> rbd_store_ceph_conf{
    .name = "rbd_store_ceph_conf",
    .group = per_store,
    .fallback = "",
    .help = "Path of ceph.conf; empty: where the Ceph library looks.",
};

OptionList rbd_options();

std::vector<config::Finding> check_rbd_settings(const config::Config& config, std::string_view group);

/// The pool in its cluster, which is known by the fsid or the monitors that its ceph.conf names, and by that
/// file's path.
std::vector<Place> rbd_places(const config::Config& config, std::string_view group);

}  // namespace vitrine::stores
