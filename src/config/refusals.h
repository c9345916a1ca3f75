#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/value.h"

namespace vitrine::config {

/// An option that asks for a feature which this version does not have. Ignoring it would fail open, so any
/// value that somebody wrote and that is not harmless stops the start.
struct Refusal {
  std::string_view group;
  std::string_view name;
  std::string_view harmless;  ///< comma separated; for lists: items. Nothing written after the `=` always is.
  std::string_view feature;   ///< "asks for …"
};

/// The whole list. Remove a row when the feature is built.
std::span<const Refusal> refusals();

/// The row for an option of this declared group and name, or null.
const Refusal* find_refusal(std::string_view group, std::string_view name);

bool is_harmless(const Refusal& refusal, const Value& value);

/// What to tell whoever wrote a value that is not harmless in this group.
std::string refusal_message(const Refusal& refusal, std::string_view group);

}  // namespace vitrine::config
