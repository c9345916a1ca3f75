#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "imports/job.h"
#include "imports/plugins/all.h"

namespace vitrine::imports {
namespace {

class InjectImageMetadata : public ImportPlugin {
 public:
  explicit InjectImageMetadata(const PluginSettings& settings) {
    for (const std::string& role : settings.ignored_roles) ignored_roles_.push_back(to_lower(role));
    for (const auto& [name, value] : settings.injected) {
      if (name.starts_with(model::reserved_property_prefix)) {
        log::warning("Property {} is not injected into images: names with {} are the service's own.", name,
                     model::reserved_property_prefix);
      } else {
        properties_.emplace_back(name, value);
      }
    }
  }

  std::string_view name() const override { return "inject_image_metadata"; }
  bool needs_file() const override { return false; }

  void run(ImportJob& job, StagedFile&) const override {
    const auto is_ignored = [this](const std::string& role) {
      return std::ranges::count(ignored_roles_, role) > 0;
    };
    if (std::ranges::any_of(job.request().caller.roles, is_ignored)) return;
    job.amend([properties = properties_](model::Image& image) {
      for (const auto& [name, value] : properties) image.set_property(name, value);
    });
  }

 private:
  TextList ignored_roles_;
  TextMap properties_;
};

}  // namespace

std::shared_ptr<const ImportPlugin> inject_image_metadata(const PluginSettings& settings) {
  return std::make_shared<InjectImageMetadata>(settings);
}

}  // namespace vitrine::imports
