#include "model/status.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"
#include "model/image.h"

namespace vitrine::model {
namespace {

constexpr std::array<std::pair<ImageStatus, std::string_view>, 9> status_names{{
    {ImageStatus::queued, "queued"},
    {ImageStatus::saving, "saving"},
    {ImageStatus::uploading, "uploading"},
    {ImageStatus::importing, "importing"},
    {ImageStatus::active, "active"},
    {ImageStatus::deactivated, "deactivated"},
    {ImageStatus::killed, "killed"},
    {ImageStatus::pending_delete, "pending_delete"},
    {ImageStatus::deleted, "deleted"},
}};

struct Transition {
  ImageStatus from;
  ImageStatus to;
};

constexpr Transition transitions[] = {
    {ImageStatus::queued, ImageStatus::saving},          {ImageStatus::queued, ImageStatus::uploading},
    {ImageStatus::queued, ImageStatus::importing},       {ImageStatus::queued, ImageStatus::active},
    {ImageStatus::queued, ImageStatus::deleted},         {ImageStatus::saving, ImageStatus::active},
    {ImageStatus::saving, ImageStatus::killed},          {ImageStatus::saving, ImageStatus::deleted},
    {ImageStatus::saving, ImageStatus::queued},  // a failed upload may be tried again
    {ImageStatus::uploading, ImageStatus::importing},    {ImageStatus::uploading, ImageStatus::queued},
    {ImageStatus::uploading, ImageStatus::deleted},      {ImageStatus::importing, ImageStatus::active},
    {ImageStatus::importing, ImageStatus::deleted},      {ImageStatus::importing, ImageStatus::queued},
    {ImageStatus::active, ImageStatus::pending_delete},  {ImageStatus::active, ImageStatus::deleted},
    {ImageStatus::active, ImageStatus::deactivated},     {ImageStatus::deactivated, ImageStatus::active},
    {ImageStatus::deactivated, ImageStatus::deleted},    {ImageStatus::killed, ImageStatus::deleted},
    {ImageStatus::pending_delete, ImageStatus::deleted}, {ImageStatus::pending_delete, ImageStatus::active},
};

bool waits_for_data(ImageStatus status) {
  return status == ImageStatus::queued || status == ImageStatus::uploading;
}

bool needs_formats(ImageStatus status) {
  return status == ImageStatus::saving || status == ImageStatus::active || status == ImageStatus::importing;
}

void require_formats(const Image& image) {
  std::string missing;
  if (!image.disk_format) missing = "disk_format";
  if (!image.container_format) missing += missing.empty() ? "container_format" : " and container_format";
  if (missing.empty()) return;
  throw Error(ErrorCode::invalid,
              fmt::format("The image has no {}. Set it before giving the image data.", missing));
}

}  // namespace

std::string_view to_string(ImageStatus status) {
  return std::find_if(status_names.begin(), status_names.end(),
                      [&](const auto& entry) { return entry.first == status; })
      ->second;
}

std::optional<ImageStatus> parse_image_status(std::string_view text) {
  for (const auto& [status, name] : status_names) {
    if (name == text) return status;
  }
  return {};
}

bool may_become(ImageStatus from, ImageStatus to) {
  return std::any_of(std::begin(transitions), std::end(transitions),
                     [&](const Transition& step) { return step.from == from && step.to == to; });
}

void change_status(Image& image, ImageStatus to) {
  if (!may_become(image.status, to)) {
    throw Error(ErrorCode::conflict, fmt::format("The image's status is {}; it cannot become {}.",
                                                 to_string(image.status), to_string(to)));
  }
  if (waits_for_data(image.status) && needs_formats(to)) require_formats(image);
  if (to == ImageStatus::queued) {
    image.size.reset();
    image.virtual_size.reset();
  }
  image.status = to;
}

}  // namespace vitrine::model
