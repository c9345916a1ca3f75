#pragma once

#include <string>
#include <string_view>

namespace vitrine {

/// A random UUID (version 4) in lower case with dashes.
std::string new_uuid();

/// Whether the text is 8-4-4-4-12 hexadecimal digits, in either case.
bool is_uuid(std::string_view text);

}  // namespace vitrine
