#include "api/options.h"

namespace vitrine::api {

OptionList options() {
  return {
      &limit_param_default,   &api_limit_max,          &public_endpoint,        &max_request_id_length,
      &container_formats,     &disk_formats,           &healthcheck_backends,   &disable_by_file_path,
      &disable_by_file_paths, &enable_by_file_paths,   &allowed_source_ranges,  &ignore_proxied_requests,
      &healthcheck_detailed,  &cors_allowed_origin,    &cors_allow_credentials, &cors_expose_headers,
      &cors_max_age,          &cors_allow_methods,     &cors_allow_headers,     &enable_proxy_headers_parsing,
      &show_image_direct_url, &show_multiple_locations};
}

}  // namespace vitrine::api
