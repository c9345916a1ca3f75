#pragma once

#include <string>
#include <vector>

#include "config/declaration.h"

namespace vitrine::config {

/// Every option that may stand in a configuration: those of this room and of `rooms`, then Glance's that none
/// of them declares. An option of a room stands for Glance's of the same group and name.
std::vector<Declaration> all_declarations(const OptionList& rooms);

/// The rows of the table of Glance's options, as "group.name", that `rooms` declare too and that may be
/// dropped.
std::vector<std::string> rows_declared_by(const OptionList& rooms);

}  // namespace vitrine::config
