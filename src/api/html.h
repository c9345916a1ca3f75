#pragma once

#include <string>
#include <string_view>

namespace vitrine::api {

/// Text as it stands in a page, in quotes too.
std::string escape_html(std::string_view text);

}  // namespace vitrine::api
