#include "imports/record.h"

#include <utility>

#include "images/received_data.h"
#include "imports/bookkeeping.h"

namespace vitrine::imports {

ImportRecord::ImportRecord(LockedImage& image, const stores::StoreSet& stores, Purpose purpose,
                           std::vector<std::string> targets)
    : image_(image), stores_(stores), purpose_(purpose), targets_(std::move(targets)) {}

model::Image ImportRecord::begin(model::ImageStatus from, const catalog::Condition& condition) {
  const auto edit = [&](model::Image& image) {
    require_status(image, from);
    if (purpose_ != Purpose::copies) model::change_status(image, model::ImageStatus::importing);
    if (purpose_ == Purpose::new_image) return;  // nobody has asked for an import of it
    image.remove_property(stage_host);
    add_ids(image, importing_to_stores, targets_);
    add_ids(image, failed_import, {});  // clients ask for it once the other one is empty
    take_ids(image, failed_import, targets_);
  };
  return image_.change(edit, condition);
}

void ImportRecord::stage(std::uint64_t size, const catalog::Condition& condition) {
  image_.change([&](model::Image& image) { image.size = size; }, condition);
}

model::Image ImportRecord::take(const transfer::Received& received, const Amendment& amendment,
                                const catalog::Condition& condition) {
  const std::vector<std::string> done = store_ids_of(received.blobs);
  const std::vector<std::string> failed = store_ids_of(received.failed);
  const auto edit = [&](model::Image& image) {
    if (image.status == model::ImageStatus::importing) {
      amendment(image);
      images::describe_data(image, received);
      model::change_status(image, model::ImageStatus::active);
    }
    images::add_locations(image, received.blobs, stores_);
    take_ids(image, importing_to_stores, done);
    take_ids(image, importing_to_stores, failed);
    if (!failed.empty()) add_ids(image, failed_import, failed);
  };
  return image_.change(edit, condition);
}

void ImportRecord::give_up(model::ImageStatus status, const std::vector<std::string>& failed) {
  if (purpose_ == Purpose::new_image) return image_.remove();
  image_.change([&](model::Image& image) {
    const bool waits_for_data = image.status == model::ImageStatus::importing ||
                                image.status == model::ImageStatus::uploading;  // it had not begun yet
    if (waits_for_data && image.status != status) model::change_status(image, status);
    if (status == model::ImageStatus::queued) image.remove_property(stage_host);
    take_ids(image, importing_to_stores, targets_);
    add_ids(image, failed_import, failed.empty() ? targets_ : failed);
  });
}

}  // namespace vitrine::imports
