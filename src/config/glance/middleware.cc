#include "config/glance/table.h"

namespace vitrine::config::glance {
namespace {

constexpr Row cors[] = {
    {"allowed_origin", Type::list, unset, "Origins of web pages that may use the API; * for any."},
    {"allow_credentials", Type::boolean, "true", "Lets such pages send credentials."},
    {"expose_headers", Type::list,
     "X-Image-Meta-Checksum,X-Auth-Token,X-Subject-Token,X-Service-Token,X-OpenStack-Request-ID",
     "Response headers that such pages may read."},
    {"max_age", Type::integer, "3600", "Seconds that a browser may keep the answer to a preflight request."},
    {"allow_methods", Type::list, "GET,PUT,POST,DELETE,PATCH", "Methods that such pages may use."},
    {"allow_headers", Type::list,
     "Content-MD5,X-Image-Meta-Checksum,X-Storage-Token,Accept-Encoding,X-Auth-Token,X-Identity-Status,X-"
     "Roles,X-Service-Catalog,X-User-Id,X-Tenant-Id,X-OpenStack-Request-ID",
     "Request headers that such pages may set."},
};

constexpr Row healthcheck[] = {
    {"allowed_source_ranges", Type::list, "", "Networks, as CIDR, from which /healthcheck may be asked."},
    {"ignore_proxied_requests", Type::boolean, "false", "Refuses health checks that came through a proxy."},
    {"disable_by_file_paths", Type::list, "",
     "Files, as port:path, each of which makes /healthcheck on that port answer 503 while it exists."},
    {"enable_by_file_paths", Type::list, "", "Files without which /healthcheck answers 503."},
};

constexpr Row oslo_middleware[] = {
    {"enable_proxy_headers_parsing", Type::boolean, "false",
     "Believes the headers Forwarded and X-Forwarded-* about client, scheme and host."},
};

constexpr Group groups[] = {
    {"cors", cors},
    {"healthcheck", healthcheck},
    {"oslo_middleware", oslo_middleware},
};

}  // namespace

Groups middleware() {
  return groups;
}

}  // namespace vitrine::config::glance
