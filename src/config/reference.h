#pragma once

#include <string>

#include "base/option.h"

namespace vitrine::config {

enum class ReferenceFormat {
  markdown,  ///< the page docs/reference/options.md
  sample,    ///< a configuration file in which every option stands as a comment with its default
};

/// Every option, those of the rooms and Glance's others, by group and name: the same text whatever the order
/// of `known`.
std::string write_reference(const OptionList& known, ReferenceFormat format);

}  // namespace vitrine::config
