#pragma once

#include <vector>

#include "config/resolver.h"

namespace vitrine::config {

/// Lets the options of stores, of [cors] and of identity plugins stand in the sections that the configuration
/// gives them: the stores of enabled_backends, [cors.<name>], the section that auth_section names.
void share_options_with_named_sections(Resolver& resolver);

/// A warning for each section and option that nobody knows, once.
void report_unknown_names(const Resolver& resolver, std::vector<Finding>& findings);

/// A warning if the option, found so, is written under a former name, is deprecated or has no effect.
void report_standing(const Declaration& declaration, const Found& found, std::vector<Finding>& findings);

}  // namespace vitrine::config
