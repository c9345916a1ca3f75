#include "model/member.h"

#include <algorithm>
#include <array>
#include <utility>

namespace vitrine::model {
namespace {

constexpr std::array<std::pair<MemberStatus, std::string_view>, 3> status_names{{
    {MemberStatus::pending, "pending"},
    {MemberStatus::accepted, "accepted"},
    {MemberStatus::rejected, "rejected"},
}};

}  // namespace

std::string_view to_string(MemberStatus status) {
  return std::find_if(status_names.begin(), status_names.end(),
                      [&](const auto& entry) { return entry.first == status; })
      ->second;
}

std::optional<MemberStatus> parse_member_status(std::string_view text) {
  for (const auto& [status, name] : status_names) {
    if (name == text) return status;
  }
  return {};
}

bool owns(const Caller& caller, const Image& image) {
  return image.owner && caller.project_id == image.owner;
}

bool may_change(const Caller& caller, const Image& image) {
  return caller.is_admin || owns(caller, image);
}

bool may_see(const Caller& caller, const Image& image, Membership membership) {
  if (may_change(caller, image) || !image.owner) return true;
  switch (image.visibility) {
    case Visibility::is_public:
    case Visibility::is_community:
      return true;
    case Visibility::is_shared:
      return membership == Membership::member;
    case Visibility::is_private:
      return false;
  }
  return false;
}

}  // namespace vitrine::model
