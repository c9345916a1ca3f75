#include "access/options.h"

namespace vitrine::access {

OptionList options() {
  return {&flavor, &paste_config_file};
}

}  // namespace vitrine::access
