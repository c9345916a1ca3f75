#include "config/options.h"

namespace vitrine::config {

OptionList options() {
  return {&config_source, &enabled_backends};
}

}  // namespace vitrine::config
