#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace vitrine::stores {

/// One finding that lists those of the options which nobody sets to anything; none if all are set.
std::vector<config::Finding> missing_options(
    const config::Config& config, std::string_view group, std::string_view type,
    std::initializer_list<const Option<std::optional<std::string>>*> needed);

}  // namespace vitrine::stores
