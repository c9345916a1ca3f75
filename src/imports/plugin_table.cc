#include "imports/plugin_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "imports/plugins/all.h"

namespace vitrine::imports {
namespace {

struct PluginRow {
  std::string_view name;
  std::shared_ptr<const ImportPlugin> (*make)(const PluginSettings&);
};

constexpr PluginRow rows[] = {
    {"inject_image_metadata", inject_image_metadata},
    {"image_decompression", decompress_image},
    {"image_conversion", convert_image},
};

}  // namespace

Plugins make_plugins(const PluginSettings& settings) {
  Plugins plugins;
  for (const std::string& name : settings.names) {
    if (name == "no_op") continue;  // Glance's, which does nothing
    const auto* row = std::ranges::find(rows, name, &PluginRow::name);
    if (row == std::end(rows)) {
      throw Error(ErrorCode::configuration,
                  fmt::format("[image_import_opts] image_import_plugins names '{}'. There are "
                              "inject_image_metadata, image_decompression, image_conversion and no_op.",
                              name));
    }
    plugins.push_back(row->make(settings));
  }
  return plugins;
}

}  // namespace vitrine::imports
