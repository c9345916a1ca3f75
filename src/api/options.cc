#include "api/options.h"

namespace vitrine::api {

OptionList options() {
  return {&limit_param_default,  &api_limit_max,         &public_endpoint,        &max_request_id_length,
          &container_formats,    &disk_formats,          &healthcheck_backends,   &disable_by_file_path,
          &healthcheck_detailed, &show_image_direct_url, &show_multiple_locations};
}

}  // namespace vitrine::api
