#include "images/options.h"

namespace vitrine::images {

OptionList options() {
  return {&hashing_algorithm,   &image_size_cap,       &user_storage_quota,
          &use_keystone_limits, &image_property_quota, &image_tag_quota,
          &image_member_quota,  &image_location_quota, &task_time_to_live};
}

}  // namespace vitrine::images
