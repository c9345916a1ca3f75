#include "imports/method_table.h"

#include <algorithm>

#include "imports/methods/copy_image.h"
#include "imports/methods/glance_direct.h"
#include "imports/methods/glance_download.h"
#include "imports/methods/web_download.h"

namespace vitrine::imports {
namespace {

template <class Method>
std::unique_ptr<ImportMethod> make(const Outside&) {
  return std::make_unique<Method>();
}

std::unique_ptr<ImportMethod> make_web_download(const Outside& outside) {
  return std::make_unique<WebDownload>(outside.downloader, outside.admission);
}

std::unique_ptr<ImportMethod> make_glance_download(const Outside& outside) {
  return std::make_unique<GlanceDownload>(outside.downloader, outside.keystone);
}

using model::ImageStatus;

constexpr MethodRow table[] = {
    {"glance-direct", ImageStatus::uploading, Purpose::first_data, "modify_image", make<GlanceDirect>},
    {"web-download", ImageStatus::queued, Purpose::first_data, "modify_image", make_web_download},
    {"glance-download", ImageStatus::queued, Purpose::first_data, "modify_image", make_glance_download},
    {"copy-image", ImageStatus::active, Purpose::copies, "copy_image", make<CopyImage>},
};

}  // namespace

std::span<const MethodRow> import_methods() {
  return table;
}

const MethodRow* find_import_method(std::string_view name) {
  const auto row = std::find_if(std::begin(table), std::end(table),
                                [&](const MethodRow& each) { return each.name == name; });
  return row == std::end(table) ? nullptr : row;
}

}  // namespace vitrine::imports
