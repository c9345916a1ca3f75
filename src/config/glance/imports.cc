#include "config/glance/table.h"

namespace vitrine::config::glance {
namespace {

constexpr Row image_import_opts[] = {
    {"image_import_plugins",
     Type::list,
     "",
     "What is done to imported data, in this order: inject_image_metadata, image_conversion, "
     "image_decompression.",
     {.needs_brackets = true}},
};

constexpr Row glance_download_properties[] = {
    {"extra_properties",
     Type::list,
     "hw_,trait:,os_distro,os_secure_boot,os_type",
     "Beginnings of the names of properties that glance-download copies from the other service.",
     {.needs_brackets = true}},
};

constexpr Row inject_metadata_properties[] = {
    {"ignore_user_roles", Type::list, "admin",
     "Images imported by a caller with one of these roles get no injected properties."},
    {"inject", Type::map, "", "Properties, as name:value pairs, that every other imported image gets."},
};

constexpr Row image_conversion[] = {
    {"output_format",
     Type::text,
     "raw",
     "Disk format that imported data is converted to.",
     {.choices = "qcow2,raw,vmdk"}},
};

constexpr Group groups[] = {
    {"image_import_opts", image_import_opts},
    {"glance_download_properties", glance_download_properties},
    {"inject_metadata_properties", inject_metadata_properties},
    {"image_conversion", image_conversion},
};

}  // namespace

Groups imports() {
  return groups;
}

}  // namespace vitrine::config::glance
