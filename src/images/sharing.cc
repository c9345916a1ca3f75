#include "images/sharing.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "base/error.h"
#include "images/data_readers.h"

namespace vitrine::images {
namespace {

/// Whether the caller may know that the image is shared with the project.
bool may_see_member(const model::Caller& caller, const model::Image& image, std::string_view project_id) {
  return model::may_change(caller, image) || caller.project_id == project_id;
}

model::MemberStatus required_status(std::string_view text) {
  const auto status = model::parse_member_status(text);
  if (!status) throw Error(ErrorCode::invalid, "A member's status is pending, accepted or rejected.");
  return *status;
}

}  // namespace

Error no_such_member(std::string_view image_id, std::string_view project_id) {
  return Error(ErrorCode::not_found,
               fmt::format("{} not found in the member list of the image {}.", project_id, image_id));
}

void require_shared(const model::Image& image) {
  if (image.visibility != model::Visibility::is_shared) {
    throw Error(ErrorCode::forbidden, "Only shared images have members. Set the visibility to shared first.");
  }
}

void require_may_share(const model::Caller& caller, const model::Image& image) {
  if (!model::may_change(caller, image)) {
    throw Error(ErrorCode::forbidden,
                fmt::format("Only its owner decides with whom image {} is shared.", image.id));
  }
}

void require_may_answer(const model::Caller& caller, const model::Image& image) {
  if (!caller.is_admin && model::owns(caller, image)) {
    throw Error(ErrorCode::forbidden,
                fmt::format("Image {} is yours; only its members say whether they want it.", image.id));
  }
}

std::vector<model::Member> Sharing::members(const model::Caller& caller, const model::Image& image) {
  std::vector<model::Member> members = resources_.catalog.members(image.id);
  std::erase_if(members, [&](const model::Member& member) {
    return !may_see_member(caller, image, member.project_id);
  });
  return members;
}

model::Member Sharing::member(const model::Caller& caller, const model::Image& image,
                              std::string_view project_id) {
  std::optional<model::Member> member;
  if (may_see_member(caller, image, project_id))
    member = resources_.catalog.find_member(image.id, project_id);
  if (!member) throw no_such_member(image.id, project_id);
  return *std::move(member);
}

model::Member Sharing::add(const model::Caller& caller, const model::Image& image,
                           std::string_view project_id, std::stop_token stop) {
  model::Member member = resources_.catalog.add_member(image.id, project_id, member_quota_);
  try {
    let_read(resources_, {.caller = &caller, .stop = std::move(stop)}, image);
  } catch (const Error&) {
    resources_.catalog.remove_member(image.id, project_id);
    throw;
  }
  return member;
}

model::Member Sharing::set_status(const model::Member& member, std::string_view status) {
  return resources_.catalog.change_member(member.image_id, member.project_id, required_status(status));
}

void Sharing::remove(const model::Caller& caller, const model::Image& image, const model::Member& member,
                     std::stop_token stop) {
  let_read(resources_, {.caller = &caller, .stop = std::move(stop)}, image, member.project_id);
  resources_.catalog.remove_member(member.image_id, member.project_id);
}

}  // namespace vitrine::images
