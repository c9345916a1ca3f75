#pragma once

#include "base/option.h"

namespace vitrine::imports {

inline constexpr Option<TextList> enabled_import_methods{
    .name = "enabled_import_methods",
    .fallback = "glance-direct,web-download,copy-image",
    .help = "Import methods offered to clients; an empty list offers none.",
    .choices = "glance-direct,web-download,copy-image,glance-download",
    .needs_brackets = true,
};

inline constexpr Option<TextList> extra_properties{
    .name = "extra_properties",
    .group = "glance_download_properties",
    .fallback = "hw_,trait:,os_distro,os_secure_boot,os_type",
    .help = "Beginnings of the names of properties that glance-download copies from the other service.",
    .needs_brackets = true,
};

inline constexpr Option<std::optional<std::int64_t>> max_parallel_stores{
    .name = "max_parallel_stores",
    .group = "image_import_opts",
    .help =
        "Stores that an import writes to at the same time; later ones read back what the first one got. "
        "Unset: "
        "all of them.",
    .min = 1,
};

inline constexpr Option<std::int64_t> task_pool_threads{
    .name = "task_pool_threads",
    .group = "wsgi",
    .fallback = 16,
    .help = "Tasks that one node runs at the same time; others wait for their turn.",
    .min = 1,
    .max = 4096,
};

inline constexpr Option<std::int64_t> store_stall_timeout{
    .name = "store_stall_timeout",
    .group = "vitrine",
    .fallback = 300,
    .help =
        "Seconds after which an import gives up a store that takes no more data: the import fails, or goes "
        "on "
        "without the store if all_stores_must_succeed is false. 0: never.",
    .min = 0,
    .max = 86400,
};

inline constexpr Option<bool> failed_imports_stay_importing{
    .name = "failed_imports_stay_importing",
    .group = "vitrine",
    .fallback = false,
    .help =
        "Leaves an image whose staged data could not be imported in status importing, as Glance does; all "
        "that "
        "can be done with it is to delete it. Otherwise it is queued again.",
};

inline constexpr Option<std::int64_t> task_heartbeat{
    .name = "task_heartbeat",
    .group = "vitrine",
    .fallback = 30,
    .help =
        "Seconds between two signs of life that a running task leaves in the database, where its progress is "
        "seen, too. A task that was silent ten times as long counts as dead, and any node settles it.",
    .min = 1,
    .max = 360,
};

inline constexpr Option<std::int64_t> glance_task_timeout{
    .name = "glance_task_timeout",
    .group = "vitrine",
    .fallback = 86400,
    .help =
        "Seconds of silence after which an import of Python Glance on the same database counts as dead, "
        "and its image is queued again. It gives no sign of life while it downloads, so this has to be "
        "longer than any download takes. One that waits for its turn has two hours at least.",
    .min = 3600,
    .max = 31536000,
};

inline constexpr Option<bool> do_secure_hash{
    .name = "do_secure_hash",
    .fallback = true,
    .help =
        "Reads data that a client registers by its location, to compute checksum and hash and to hold them "
        "against what the client says they are. Otherwise the client is believed.",
};

inline constexpr Option<std::int64_t> http_retries{
    .name = "http_retries",
    .fallback = 3,
    .help = "Attempts at reading such data before its checksum and hash are given up; there is always one.",
    .min = 0,
    .max = 1000,
};

inline constexpr Option<std::optional<std::string>> worker_self_reference_url{
    .name = "worker_self_reference_url",
    .help =
        "URL that reaches this very node; other nodes forward to it what only this one can do, with the "
        "token of the caller. Unset: public_endpoint.",
};

inline constexpr Option<std::string> node_ca_file{
    .name = "node_ca_file",
    .group = "vitrine",
    .fallback = "",
    .help =
        "File in PEM with the authorities that other nodes of this service are trusted by, when a request is "
        "forwarded to one whose URL begins with https. Empty: those of the system.",
};

inline constexpr Option<TextList> image_import_plugins{
    .name = "image_import_plugins",
    .group = "image_import_opts",
    .help =
        "What is done to imported data, in this order, before a store gets it. image_decompression belongs "
        "before "
        "image_conversion, which needs qemu-img.",
    .choices = "no_op,inject_image_metadata,image_conversion,image_decompression",
    .needs_brackets = true,
};

inline constexpr Option<TextList> ignore_user_roles{
    .name = "ignore_user_roles",
    .group = "inject_metadata_properties",
    .fallback = "admin",
    .help = "Images imported by a caller with one of these roles get no injected properties.",
};

inline constexpr Option<TextMap> inject{
    .name = "inject",
    .group = "inject_metadata_properties",
    .help = "Properties, as name:value pairs, that every other imported image gets.",
};

inline constexpr Option<std::string> conversion_output_format{
    .name = "output_format",
    .group = "image_conversion",
    .fallback = "raw",
    .help = "Disk format that imported data is converted to.",
    .choices = "qcow2,raw,vmdk",
};

inline constexpr Option<std::optional<std::string>> task_conversion_format{
    .name = "conversion_format",
    .group = "taskflow_executor",
    .help =
        "Disk format that tasks of type import convert data to, which needs qemu-img; unset: no conversion.",
    .choices = "qcow2,raw,vmdk",
};

inline constexpr Option<TextList> vmdk_allowed_types{
    .name = "vmdk_allowed_types",
    .group = "image_format",
    .fallback = "streamOptimized,monolithicSparse",
    .help = "Subformats of VMDK that conversion accepts; empty: none.",
};

inline constexpr Option<std::optional<std::int64_t>> decompressed_size_limit{
    .name = "decompressed_size_limit",
    .group = "vitrine",
    .help =
        "Bytes that compressed data may become when image_decompression expands it. Unset: image_size_cap.",
    .min = 1,
};

OptionList options();

}  // namespace vitrine::imports
