#pragma once

#include <string_view>
#include <vector>

#include "base/option.h"
#include "config/config.h"
#include "stores/place.h"

namespace vitrine::stores {

inline constexpr Option<std::optional<std::string>> vmware_server_host{
    .name = "vmware_server_host",
    .group = per_store,
    .help = "Host, or host:port, of vCenter or ESX.",
};

inline constexpr Option<std::optional<std::string>> vmware_server_username{
    .name = "vmware_server_username",
    .group = per_store,
    .help = "User.",
};

inline constexpr Option<std::optional<std::string>> vmware_server_password{
    .name = "vmware_server_password",
    .group = per_store,
    .help = "Password of that user.",
    .is_secret = true,
};

inline constexpr Option<std::string> vmware_store_image_dir{
    .name = "vmware_store_image_dir",
    .group = per_store,
    .fallback = "/openstack_glance",
    .help = "Folder on the datastore that holds the images.",
};

inline constexpr Option<MultiText> vmware_datastores{
    .name = "vmware_datastores",
    .group = per_store,
    .help = "Datastores, each as datacenter:datastore or datacenter:datastore:weight.",
};

OptionList vmware_options();

std::vector<config::Finding> check_vmware_settings(const config::Config& config, std::string_view group);

/// The folder on each of the datastores.
std::vector<Place> vmware_places(const config::Config& config, std::string_view group);

}  // namespace vitrine::stores
