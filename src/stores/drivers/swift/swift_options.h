#pragma once

#include "base/option.h"

/// Options of a store of type `swift`.
namespace vitrine::stores {

inline constexpr Option<std::string> swift_store_container{
    .name = "swift_store_container",
    .group = per_store,
    .fallback = "glance",
    .help = "Container that holds the images, or the beginning of the containers' names.",
};

inline constexpr Option<std::int64_t> swift_store_multiple_containers_seed{
    .name = "swift_store_multiple_containers_seed",
    .group = per_store,
    .fallback = 0,
    .help =
        "How many characters of the image's id spread images over containers; 0: a single container. Images "
        "that are there stay where they are.",
    .min = 0,
    .max = 32,
};

inline constexpr Option<bool> swift_store_create_container_on_put{
    .name = "swift_store_create_container_on_put",
    .group = per_store,
    .fallback = false,
    .help = "Creates a missing container.",
};

inline constexpr Option<bool> swift_store_multi_tenant{
    .name = "swift_store_multi_tenant",
    .group = per_store,
    .fallback = false,
    .help = "Stores images in the account of the project that uploads them.",
};

inline constexpr Option<TextList> swift_store_admin_tenants{
    .name = "swift_store_admin_tenants",
    .group = per_store,
    .help =
        "Ids of projects that may read and write all containers when images lie in the projects' accounts. "
        "That "
        "of swift_store_user should be one, so that the service can remove data without a token.",
};

inline constexpr Option<bool> swift_store_use_trusts{
    .name = "swift_store_use_trusts",
    .group = per_store,
    .fallback = true,
    .help =
        "Lets an upload in segments into the account of a project last longer than its token: "
        "swift_store_user acts for "
        "the caller meanwhile, by a trust in Keystone.",
};

inline constexpr Option<std::optional<std::string>> swift_store_config_file{
    .name = "swift_store_config_file",
    .group = per_store,
    .help = "File with the accounts, one section each.",
};

inline constexpr Option<std::string> default_swift_reference{
    .name = "default_swift_reference",
    .group = per_store,
    .fallback = "ref1",
    .help = "Section of swift_store_config_file that new images use.",
};

inline constexpr Option<std::string> swift_store_auth_version{
    .name = "swift_store_auth_version",
    .group = per_store,
    .fallback = "3",
    .help =
        "How the store logs in: 3 at Keystone, 1 at Swift itself (TempAuth). An auth_version in the account "
        "file counts before it.",
    .is_deprecated = true,
};

inline constexpr Option<std::optional<std::string>> swift_store_auth_address{
    .name = "swift_store_auth_address",
    .group = per_store,
    .help = "URL of Keystone, when there is no swift_store_config_file.",
    .is_deprecated = true,
};

inline constexpr Option<std::optional<std::string>> swift_store_user{
    .name = "swift_store_user",
    .group = per_store,
    .help = "User as project:user, when there is no swift_store_config_file.",
    .is_secret = true,
    .is_deprecated = true,
};

inline constexpr Option<std::optional<std::string>> swift_store_key{
    .name = "swift_store_key",
    .group = per_store,
    .help = "Password of that user.",
    .is_secret = true,
    .is_deprecated = true,
};

inline constexpr Option<std::optional<std::string>> swift_store_application_credential_id{
    .name = "swift_store_application_credential_id",
    .group = per_store,
    .help = "Application credential, instead of user and password.",
    .is_secret = true,
};

inline constexpr Option<std::optional<std::string>> swift_store_application_credential_secret{
    .name = "swift_store_application_credential_secret",
    .group = per_store,
    .help = "Secret of the application credential.",
    .is_secret = true,
};

inline constexpr Option<bool> swift_store_auth_insecure{
    .name = "swift_store_auth_insecure",
    .group = per_store,
    .fallback = false,
    .help = "Trusts any certificate of Keystone and Swift.",
};

inline constexpr Option<std::string> swift_store_cacert{
    .name = "swift_store_cacert",
    .group = per_store,
    .fallback = "",
    .help =
        "Certificates of the authorities that Keystone and Swift are checked against, in PEM; empty: the "
        "system's.",
};

inline constexpr Option<std::string> swift_store_region{
    .name = "swift_store_region",
    .group = per_store,
    .fallback = "",
    .help = "Region of the Swift endpoint in the catalog; empty: any.",
};

inline constexpr Option<std::string> swift_store_endpoint{
    .name = "swift_store_endpoint",
    .group = per_store,
    .fallback = "",
    .help = "URL of the account, instead of the one in the catalog.",
};

inline constexpr Option<std::string> swift_store_endpoint_type{
    .name = "swift_store_endpoint_type",
    .group = per_store,
    .fallback = "publicURL",
    .help = "Interface of the Swift endpoint in the catalog.",
    .choices = "publicURL,adminURL,internalURL",
};

inline constexpr Option<std::string> swift_store_service_type{
    .name = "swift_store_service_type",
    .group = per_store,
    .fallback = "object-store",
    .help = "Service type of Swift in the catalog.",
};

inline constexpr Option<std::int64_t> swift_store_large_object_size{
    .name = "swift_store_large_object_size",
    .group = per_store,
    .fallback = 5120,
    .help = "Size in MB (1,024,000 bytes) from which an image is stored in segments.",
    .min = 1,
    .max = 1'000'000'000,
};

inline constexpr Option<std::int64_t> swift_store_large_object_chunk_size{
    .name = "swift_store_large_object_chunk_size",
    .group = per_store,
    .fallback = 200,
    .help =
        "Size of a segment in MB (1,024,000 bytes). Segments of 26 MB and less are sent several at a time.",
    .min = 1,
    .max = 1'000'000,
};

inline constexpr Option<bool> swift_store_static_large_objects{
    .name = "swift_store_static_large_objects",
    .group = per_store,
    .fallback = false,
    .help =
        "Makes the manifest of a segmented image a static one, whose segments Swift checks and counts. "
        "Glance reads and removes both kinds.",
};

inline constexpr Option<std::int64_t> swift_store_retry_get_count{
    .name = "swift_store_retry_get_count",
    .group = per_store,
    .fallback = 0,
    .help =
        "How often in a row a request is made again that failed for a reason that passes, such as one that "
        "resumes a download; 4 times even if this is less.",
    .min = 0,
    .max = 1000,
};

inline constexpr Option<std::int64_t> swift_store_expire_soon_interval{
    .name = "swift_store_expire_soon_interval",
    .group = per_store,
    .fallback = 60,
    .help = "Seconds before its end at which a token is renewed.",
    .min = 0,
    .max = 1'000'000,
};

}  // namespace vitrine::stores
