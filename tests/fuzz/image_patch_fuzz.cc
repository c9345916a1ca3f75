#include "api/image_document.h"
#include "api/image_patch.h"
#include "api/json_text.h"
#include "images/images.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/api_stores.h"

namespace vitrine::tests {
namespace {

const api::ImageSchema& schema() {
  static const api::ImageSchema made({"bare", "ovf"}, {"raw", "qcow2"}, {});
  return made;
}

const stores::StoreSet& no_stores() {
  static const stores::StoreSet made = api::single_store();
  return made;
}

/// What a patch must never touch stays as it was.
void patch_image(std::string_view text) {
  const auto dialect = text.starts_with('0') ? api::PatchDialect::v2_0 : api::PatchDialect::v2_1;
  const api::ImagePatch patch = api::parse_image_patch(
      api::parse_json(std::string(text.substr(std::min<std::size_t>(1, text.size())))), dialect, schema());
  model::Image image;
  image.id = "71c675ab-d94f-49cd-a114-e12490b328d9";
  image.set_property("os_distro", "debian");
  image.set_property("os_glance_import_task", "kept");
  const model::Caller caller;
  const images::Limits limits;
  const fetch::Admission admission(fetch::UriFilter({}), fetch::Vicinity::site);
  images::LocationEditor locations(no_stores(), admission, limits, caller, {});
  api::apply(patch, image, locations, [](const api::PatchStep&) {});
  require(image.id == "71c675ab-d94f-49cd-a114-e12490b328d9");
  require(image.status == model::ImageStatus::queued && !image.size && !image.checksum);
  require(image.find_property("os_glance_import_task") != nullptr);
}

}  // namespace

VITRINE_FUZZ(patch_image);

}  // namespace vitrine::tests
