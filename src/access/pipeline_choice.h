#pragma once

#include <optional>
#include <vector>

#include "config/config.h"

namespace vitrine::access {

/// Who says who is calling.
enum class Identity { nobody, request_headers, keystone };

/// The pipeline that the configuration asks for.
struct PipelineChoice {
  Identity identity = Identity::nobody;
  /// What the pipeline says about delay_auth_decision, which overrules the option; nothing: it does not say.
  std::optional<bool> delays_decision;
  /// What is wrong with it, and what of it has no effect here. With an error among them the rest means
  /// nothing.
  std::vector<config::Finding> findings;
};

/// The pipeline of the paste file, or without one the pipeline that Glance ships under that flavor. A filter
/// that this service does not know is an error where it might be what guards the service.
PipelineChoice choose_pipeline(const config::Config& config);

}  // namespace vitrine::access
