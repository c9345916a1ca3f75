#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/ini.h"

namespace vitrine::access {

/// A filter of a pipeline, as its section in the paste file describes it.
struct PasteFilter {
  std::string name;
  std::string factory;                    ///< "package.module:name"; empty: there is no such section
  std::vector<config::IniEntry> options;  ///< everything else in the section
  int line = 0;                           ///< of the section; 0: there is none
};

/// The filters that requests go through, the outermost first.
struct PastePipeline {
  int line = 0;
  std::vector<PasteFilter> filters;
};

/// The pipeline of an application of Paste Deploy: the one of that name, or the one that the composite of
/// that name has at "/". Nothing if there is neither.
std::optional<PastePipeline> find_pipeline(const config::IniFile& paste, std::string_view application);

}  // namespace vitrine::access
