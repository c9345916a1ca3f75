#pragma once

#include "base/option.h"

/// Options of a store of type `cinder`.
namespace vitrine::stores {

inline constexpr Option<std::string> cinder_catalog_info{
    .name = "cinder_catalog_info",
    .group = per_store,
    .fallback = "volumev3::publicURL",
    .help = "Where the catalog lists Cinder, as type:name:interface; the name may be empty.",
};

inline constexpr Option<std::optional<std::string>> cinder_endpoint_template{
    .name = "cinder_endpoint_template",
    .group = per_store,
    .help =
        "URL of Cinder's API, with %(project_id)s or %(tenant)s for the project's id, instead of the one in "
        "the catalog.",
};

inline constexpr Option<std::optional<std::string>> cinder_os_region_name{
    .name = "cinder_os_region_name",
    .group = per_store,
    .help = "Region of Cinder in the catalog; unset: any.",
    .former = "os_region_name",
};

inline constexpr Option<std::optional<std::string>> cinder_ca_certificates_file{
    .name = "cinder_ca_certificates_file",
    .group = per_store,
    .help =
        "Certificates of the authorities that Cinder and Keystone are checked against, in PEM; unset: the "
        "system's.",
};

inline constexpr Option<std::int64_t> cinder_http_retries{
    .name = "cinder_http_retries",
    .group = per_store,
    .fallback = 3,
    .help = "How often a request to Cinder is made again that failed for a reason that may pass.",
    .min = 0,
};

inline constexpr Option<std::int64_t> cinder_state_transition_timeout{
    .name = "cinder_state_transition_timeout",
    .group = per_store,
    .fallback = 300,
    .help = "Seconds that a volume may take to be created, extended or detached.",
    .min = 0,
};

inline constexpr Option<bool> cinder_api_insecure{
    .name = "cinder_api_insecure",
    .group = per_store,
    .fallback = false,
    .help = "Trusts any certificate of Cinder and Keystone.",
};

inline constexpr Option<std::optional<std::string>> cinder_store_auth_address{
    .name = "cinder_store_auth_address",
    .group = per_store,
    .help =
        "URL of the Keystone where the store's own user logs in or, without one, where callers' tokens are "
        "from; for those, unset: that of [keystone_authtoken].",
};

inline constexpr Option<std::optional<std::string>> cinder_store_user_name{
    .name = "cinder_store_user_name",
    .group = per_store,
    .help =
        "The store's own user. Unset, as the options beside it: Cinder is asked as whoever calls, and "
        "volumes "
        "are in the callers' projects.",
};

inline constexpr Option<std::string> cinder_store_user_domain_name{
    .name = "cinder_store_user_domain_name",
    .group = per_store,
    .fallback = "Default",
    .help = "Domain of that user.",
};

inline constexpr Option<std::optional<std::string>> cinder_store_password{
    .name = "cinder_store_password",
    .group = per_store,
    .help = "Password of that user.",
    .is_secret = true,
};

inline constexpr Option<std::optional<std::string>> cinder_store_application_credential_id{
    .name = "cinder_store_application_credential_id",
    .group = per_store,
    .help = "Application credential, instead of user, password and project.",
};

inline constexpr Option<std::optional<std::string>> cinder_store_application_credential_secret{
    .name = "cinder_store_application_credential_secret",
    .group = per_store,
    .help = "Secret of the application credential.",
    .is_secret = true,
};

inline constexpr Option<std::optional<std::string>> cinder_store_project_name{
    .name = "cinder_store_project_name",
    .group = per_store,
    .help = "Project that the volumes belong to.",
};

inline constexpr Option<std::string> cinder_store_project_domain_name{
    .name = "cinder_store_project_domain_name",
    .group = per_store,
    .fallback = "Default",
    .help = "Domain of that project.",
};

inline constexpr Option<std::optional<std::string>> cinder_volume_type{
    .name = "cinder_volume_type",
    .group = per_store,
    .help =
        "Type of the store's volumes; unset: Cinder's default type. Also tells which store old locations "
        "without a store's name lie in.",
};

inline constexpr Option<bool> cinder_use_multipath{
    .name = "cinder_use_multipath",
    .group = per_store,
    .fallback = false,
    .help =
        "Tells Cinder that this host can use several paths to a volume. This service reads and writes "
        "through "
        "the first path that answers.",
};

inline constexpr Option<bool> cinder_do_extend_attached{
    .name = "cinder_do_extend_attached",
    .group = per_store,
    .fallback = false,
    .help =
        "Lets a volume grow while it is attached, when the size of an image is not known beforehand. A "
        "volume "
        "that cannot is detached for it as without this.",
};

inline constexpr Option<std::int64_t> cinder_attachment_retry_attempts{
    .name = "cinder_attachment_retry_attempts",
    .group = per_store,
    .fallback = 5,
    .help = "How often it is tried to attach a volume that is in use or changing.",
    .min = 1,
};

inline constexpr Option<std::string> cinder_ceph_conf_dir{
    .name = "cinder_ceph_conf_dir",
    .group = per_store,
    .fallback = "/etc/ceph",
    .help =
        "Directory with the keyring of the Ceph user that Cinder names, CLUSTER.client.USER.keyring, and, if "
        "there is one, CLUSTER.conf. For volumes that lie in Ceph.",
};

}  // namespace vitrine::stores
