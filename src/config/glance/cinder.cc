#include "config/glance/table.h"

namespace vitrine::config::glance {
namespace {

constexpr Row cinder_rows[] = {
    {"rootwrap_config", Type::text, "/etc/glance/rootwrap.conf",
     "Configuration of the program that runs commands as root."},
    {"cinder_enforce_multipath", Type::boolean, "false",
     "Refuses to attach a volume while multipathd is not running."},
    {"cinder_mount_point_base", Type::text, "/var/lib/glance/mnt",
     "Directory below which NFS shares are mounted."},
};

}  // namespace

Groups cinder() {
  static constexpr Group groups[] = {
      {per_store, cinder_rows},
  };
  return groups;
}

}  // namespace vitrine::config::glance
