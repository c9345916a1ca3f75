#pragma once

#include <cstddef>
#include <vector>

namespace vitrine::access {

/// For each rule, the indexes of those it refers to.
using References = std::vector<std::vector<std::size_t>>;

/// The rules that lead back to themselves, in rising order, and those that lie between two such circles.
std::vector<std::size_t> circular_rules(const References& references);

}  // namespace vitrine::access
