#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "config/config.h"

namespace vitrine::stores {

/// One finding that lists those of the options which nobody sets to anything; none if all are set.
std::vector<config::Finding> missing_options(
    const config::Config& config, std::string_view group, std::string_view type,
    std::initializer_list<const Option<std::optional<std::string>>*> needed);

/// That an option's value cannot be used, and why.
Error faulty(std::string_view option, std::string_view what);

/// An option's name, and what throws Error{configuration} if its value cannot be used.
using OptionCheck = std::pair<std::string_view, std::function<void()>>;

/// A file's name as the option gives it. Throws Error{configuration} if it names what cannot be read as a
/// file; the empty text names none.
std::string readable_file(std::string_view option, std::string file);

/// What the checks find, each where its option is written.
std::vector<config::Finding> option_faults(const config::Config& config, std::string_view group,
                                           std::initializer_list<OptionCheck> checks);

}  // namespace vitrine::stores
