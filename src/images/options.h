#pragma once

#include "base/option.h"

namespace vitrine::images {

inline constexpr Option<std::string> hashing_algorithm{
    .name = "hashing_algorithm",
    .fallback = "sha512",
    .help =
        "Digest that is computed over new image data beside MD5 and shown as os_hash_value; any that OpenSSL "
        "knows.",
};

inline constexpr Option<std::int64_t> image_size_cap{
    .name = "image_size_cap",
    .fallback = std::int64_t{1} << 40,
    .help = "Largest image accepted, in bytes.",
    .min = 1,
};

inline constexpr Option<std::string> user_storage_quota{
    .name = "user_storage_quota",
    .fallback = "0",
    .help =
        "Most bytes that a project's images may take in all stores, every copy counted: a number, or one "
        "with "
        "B, KB, MB, GB or TB right behind it. 0: no limit.",
};

inline constexpr Option<bool> use_keystone_limits{
    .name = "use_keystone_limits",
    .fallback = false,
    .help =
        "Takes the limits of projects from Keystone, as [oslo_limit] says, instead of user_storage_quota.",
};

inline constexpr Option<std::int64_t> image_property_quota{
    .name = "image_property_quota",
    .fallback = 128,
    .help = "Most custom properties that an image may have; negative: no limit.",
};

inline constexpr Option<std::int64_t> image_tag_quota{
    .name = "image_tag_quota",
    .fallback = 128,
    .help = "Most tags that an image may have; negative: no limit.",
};

inline constexpr Option<std::int64_t> image_member_quota{
    .name = "image_member_quota",
    .fallback = 128,
    .help = "Most projects that an image may be shared with; negative: no limit.",
};

inline constexpr Option<std::int64_t> image_location_quota{
    .name = "image_location_quota",
    .fallback = 10,
    .help = "Most locations that an image may have; negative: no limit.",
};

inline constexpr Option<bool> require_image_format_match{
    .name = "require_image_format_match",
    .group = "image_format",
    .fallback = true,
    .help = "Refuses data whose format is not the image's disk_format; else that is only logged.",
};

inline constexpr Option<TextList> gpt_safety_checks_nonfatal{
    .name = "gpt_safety_checks_nonfatal",
    .group = "image_format",
    .help =
        "Safety checks of disks with a partition table whose failure is only logged. There is one: mbr, "
        "which "
        "also refuses raw file systems that start with a boot sector of their own.",
};

inline constexpr Option<std::int64_t> task_time_to_live{
    .name = "task_time_to_live",
    .group = "task",
    .fallback = 48,
    .help = "Hours that a finished task stays listed.",
    .max = 100 * 365 * 24,
    .former = "DEFAULT.task_time_to_live",
};

OptionList options();

}  // namespace vitrine::images
