#include "access/options.h"

namespace vitrine::access {

OptionList options() {
  return {&flavor,
          &paste_config_file,
          &property_protection_file,
          &property_protection_rule_format,
          &enforce_new_defaults,
          &policy_file,
          &policy_default_rule,
          &policy_dirs,
          &remote_content_type};
}

}  // namespace vitrine::access
