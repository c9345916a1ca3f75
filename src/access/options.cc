#include "access/options.h"

namespace vitrine::access {

OptionList options() {
  return {&flavor, &paste_config_file, &property_protection_file, &property_protection_rule_format};
}

}  // namespace vitrine::access
