#pragma once

#include <vector>

#include "config/config.h"

namespace vitrine::access {

/// Whether the pipeline that the configuration asks for can be served: it must be one without identity, with
/// no filter that this version cannot replace. Everything else is a finding of severity error, so that
/// nothing is left open that the operator thinks is guarded.
std::vector<config::Finding> check_pipeline(const config::Config& config);

}  // namespace vitrine::access
