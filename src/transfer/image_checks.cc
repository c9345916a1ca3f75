#include "transfer/image_checks.h"

namespace vitrine::transfer {

ImageChecks make_checks(const model::Image& image, const FormatRules& rules) {
  ImageChecks checks;
  if (image.container_format != "bare") return checks;
  auto format = std::make_unique<FormatCheck>(image, rules);
  checks.format = format.get();
  checks.list.push_back(std::move(format));
  return checks;
}

}  // namespace vitrine::transfer
