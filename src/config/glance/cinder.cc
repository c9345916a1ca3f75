#include "config/glance/table.h"

namespace vitrine::config::glance {
namespace {

constexpr Row cinder_rows[] = {
    {"cinder_catalog_info", Type::text, "volumev3::publicURL",
     "Where the catalog lists Cinder, as type:name:interface."},
    {"cinder_endpoint_template", Type::text, unset,
     "URL of Cinder, with %(project_id)s for the project, instead of the one in the catalog."},
    {"cinder_os_region_name",
     Type::text,
     unset,
     "Region of Cinder in the catalog.",
     {.former = "os_region_name"}},
    {"cinder_ca_certificates_file", Type::text, unset,
     "Certificates of the authorities that Cinder is checked against."},
    {"cinder_http_retries",
     Type::integer,
     "3",
     "How often a failed request to Cinder is tried again.",
     {.min = 0}},
    {"cinder_state_transition_timeout",
     Type::integer,
     "300",
     "Seconds to wait until a volume is in the state asked for.",
     {.min = 0}},
    {"cinder_api_insecure", Type::boolean, "false", "Trusts any certificate of Cinder."},
    {"cinder_store_auth_address", Type::text, unset,
     "URL of Keystone for the store's own user; unset: volumes belong to the caller."},
    {"cinder_store_user_name", Type::text, unset, "The store's own user."},
    {"cinder_store_user_domain_name", Type::text, "Default", "Domain of that user."},
    {"cinder_store_password", Type::text, unset, "Password of that user.", {.is_secret = true}},
    {"cinder_store_application_credential_id", Type::text, unset,
     "Application credential, instead of user and password."},
    {"cinder_store_application_credential_secret",
     Type::text,
     unset,
     "Secret of the application credential.",
     {.is_secret = true}},
    {"cinder_store_project_name", Type::text, unset, "Project that owns the volumes."},
    {"cinder_store_project_domain_name", Type::text, "Default", "Domain of that project."},
    {"rootwrap_config", Type::text, "/etc/glance/rootwrap.conf",
     "Configuration of the program that runs commands as root."},
    {"cinder_volume_type", Type::text, unset, "Type of new volumes."},
    {"cinder_enforce_multipath", Type::boolean, "false",
     "Refuses to attach a volume while multipathd is not running."},
    {"cinder_use_multipath", Type::boolean, "false", "Attaches volumes through several paths."},
    {"cinder_mount_point_base", Type::text, "/var/lib/glance/mnt",
     "Directory below which NFS shares are mounted."},
    {"cinder_do_extend_attached", Type::boolean, "false",
     "Lets a volume grow while it is attached, when the size of an image is not known beforehand."},
    {"cinder_attachment_retry_attempts",
     Type::integer,
     "5",
     "How often attaching a volume is tried.",
     {.min = 1}},
};

}  // namespace

Groups cinder() {
  static constexpr Group groups[] = {
      {per_store, cinder_rows},
  };
  return groups;
}

}  // namespace vitrine::config::glance
