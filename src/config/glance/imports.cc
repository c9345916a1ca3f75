#include "config/glance/table.h"

namespace vitrine::config::glance {
namespace {

constexpr Row glance_download_properties[] = {
    {"extra_properties",
     Type::list,
     "hw_,trait:,os_distro,os_secure_boot,os_type",
     "Beginnings of the names of properties that glance-download copies from the other service.",
     {.needs_brackets = true}},
};

constexpr Group groups[] = {
    {"glance_download_properties", glance_download_properties},
};

}  // namespace

Groups imports() {
  return groups;
}

}  // namespace vitrine::config::glance
