#include "config/options.h"

namespace vitrine::config {

OptionList options() {
  return {&config_source};
}

}  // namespace vitrine::config
