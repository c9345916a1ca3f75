#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
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

inline constexpr Option<std::int64_t> rbd_store_chunk_size{
    .name = "rbd_store_chunk_size",
    .group = per_store,
    .fallback = 8,
    .help =
        "Size in MiB of the objects that an image is cut into, rounded down to a power of two. Ceph takes no "
        "larger ones.",
    .min = 1,
    .max = 63,
};

inline constexpr Option<std::optional<std::string>> rbd_store_user{
    .name = "rbd_store_user",
    .group = per_store,
    .help = "RADOS user, without \"client.\"; unset: as the Ceph library does, which is admin.",
};

inline constexpr Option<std::int64_t> rados_connect_timeout{
    .name = "rados_connect_timeout",
    .group = per_store,
    .fallback = -1,
    .help =
        "Seconds after which connecting to the cluster, and every later operation in it, counts as failed. "
        "Negative: what ceph.conf says; if that says nothing, connecting may take 30 seconds, and operations "
        "wait for ever.",
    .max = 86400,
};

inline constexpr Option<bool> rbd_thin_provisioning{
    .name = "rbd_thin_provisioning",
    .group = per_store,
    .fallback = false,
    .help = "Leave chunks unwritten that are all zeros.",
};

inline constexpr Option<std::string> rbd_store_data_pool{
    .name = "rbd_store_data_pool",
    .group = per_store,
    .fallback = "",
    .help =
        "Pool for the data of new images, such as an erasure-coded one with overwrites allowed; "
        "rbd_store_pool then has only what describes them. Empty: everything is in rbd_store_pool.",
};

/// What a driver needs to know of its store.
struct RbdSettings {
  std::string pool = "images";
  std::string data_pool = {};              ///< empty: the same
  std::string user = {};                   ///< empty: the library's choice
  std::string ceph_conf = {};              ///< empty: the library's search path
  std::chrono::seconds timeout{-1};        ///< negative: as ceph.conf says
  std::uint64_t object_size = 8ull << 20;  ///< bytes, a power of two
  bool is_thin = false;
  /// In place of those that ceph.conf names, which then need not be there; empty: as it says.
  std::string monitors = {};
  std::string keyring = {};  ///< likewise
};

OptionList rbd_options();

/// Throws Error{configuration}.
RbdSettings read_rbd_settings(const config::Config& config, std::string_view group);

std::vector<config::Finding> check_rbd_settings(const config::Config& config, std::string_view group);

/// The name of a Place: a pool of a cluster that is known by its fsid, or by whatever else tells it apart.
std::string rbd_place_name(std::string_view cluster, std::string_view pool);

/// The pool in its cluster, which is known by the fsid or the monitors that its ceph.conf names, and by that
/// file's path.
std::vector<Place> rbd_places(const config::Config& config, std::string_view group);

/// With the fsid from ceph.conf. If that has none, every rbd URI may be of the store.
std::vector<std::string> rbd_uri_prefixes(const config::Config& config, std::string_view group);

boost::json::object rbd_properties(const config::Config& config, std::string_view group);

}  // namespace vitrine::stores
