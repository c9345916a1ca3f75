#include "images/options.h"

namespace vitrine::images {

OptionList options() {
  return {&hashing_algorithm,          &image_size_cap,       &user_storage_quota,
          &use_keystone_limits,        &image_property_quota, &image_tag_quota,
          &image_member_quota,         &image_location_quota, &require_image_format_match,
          &gpt_safety_checks_nonfatal, &task_time_to_live};
}

}  // namespace vitrine::images
