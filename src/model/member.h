#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "model/caller.h"
#include "model/image.h"

namespace vitrine::model {

/// What a project says to an image that is shared with it.
enum class MemberStatus { pending, accepted, rejected };

std::string_view to_string(MemberStatus status);
std::optional<MemberStatus> parse_member_status(std::string_view text);

/// A project that an image is shared with.
struct Member {
  std::string image_id;
  std::string project_id;
  MemberStatus status = MemberStatus::pending;
  Timestamp created_at{};
  Timestamp updated_at{};
};

/// Whether the image belongs to the caller's project. One without an owner belongs to nobody.
bool owns(const Caller& caller, const Image& image);

/// Whether the caller may change or delete the image, and say with whom it is shared.
bool may_change(const Caller& caller, const Image& image);

/// Whether an image is shared with the caller's project, whatever that project says to it.
enum class Membership { none, member };

/// Whether the caller may know that the image is there.
bool may_see(const Caller& caller, const Image& image, Membership membership);

}  // namespace vitrine::model
