#pragma once

#include "base/option.h"

/// Options of a store of type `vmware`.
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

inline constexpr Option<std::int64_t> vmware_api_retry_count{
    .name = "vmware_api_retry_count",
    .group = per_store,
    .fallback = 10,
    .help =
        "How often a request is made again that failed because the server is overloaded, cannot be reached "
        "or "
        "has ended the session.",
    .min = 1,
};

inline constexpr Option<std::int64_t> vmware_task_poll_interval{
    .name = "vmware_task_poll_interval",
    .group = per_store,
    .fallback = 5,
    .help =
        "Longest time in seconds between two looks at a task of the server. The first looks follow each "
        "other "
        "faster.",
    .min = 1,
};

inline constexpr Option<std::string> vmware_store_image_dir{
    .name = "vmware_store_image_dir",
    .group = per_store,
    .fallback = "/openstack_glance",
    .help = "Folder on the datastore that holds the images.",
};

inline constexpr Option<bool> vmware_insecure{
    .name = "vmware_insecure",
    .group = per_store,
    .help = "Trusts whoever answers as the server, unless vmware_ca_file or vmware_thumbprint is set.",
    .former = "vmware_api_insecure",
};

inline constexpr Option<std::string> vmware_ca_file{
    .name = "vmware_ca_file",
    .group = per_store,
    .fallback = "",
    .help =
        "Certificates of the authorities that the server is checked against, in PEM; empty: the system's.",
};

inline constexpr Option<std::string> vmware_thumbprint{
    .name = "vmware_thumbprint",
    .group = per_store,
    .fallback = "",
    .help =
        "SHA-1 or SHA-256 of the server's certificate in hexadecimal, with colons or without. This "
        "certificate "
        "is trusted and no other, whoever signed it.",
};

inline constexpr Option<MultiText> vmware_datastores{
    .name = "vmware_datastores",
    .group = per_store,
    .help = "Datastores, each as datacenter:datastore or datacenter:datastore:weight.",
};

}  // namespace vitrine::stores
