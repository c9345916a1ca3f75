#pragma once

#include <memory>

#include "imports/plugin_table.h"

namespace vitrine::imports {

std::shared_ptr<const ImportPlugin> inject_image_metadata(const PluginSettings& settings);
std::shared_ptr<const ImportPlugin> decompress_image(const PluginSettings& settings);
/// Throws Error{configuration} if qemu-img is not installed.
std::shared_ptr<const ImportPlugin> convert_image(const PluginSettings& settings);

}  // namespace vitrine::imports
