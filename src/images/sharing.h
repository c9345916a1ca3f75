#pragma once

#include <cstdint>
#include <stop_token>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "images/images.h"
#include "model/caller.h"
#include "model/image.h"
#include "model/member.h"

namespace vitrine::images {

/// For a project that is no member, and for one of which the caller may not know that it is.
Error no_such_member(std::string_view image_id, std::string_view project_id);

/// Throws Error{forbidden} unless images like this one have members: those whose visibility is `shared`. The
/// members of one that was shared before stay out of sight.
void require_shared(const model::Image& image);

/// Who has a say where rules leave it to ownership: its owner says with whom an image is shared, anybody but
/// the owner whether it is wanted, administrators both. Throw Error{forbidden}.
void require_may_share(const model::Caller& caller, const model::Image& image);
void require_may_answer(const model::Caller& caller, const model::Image& image);

/// The use cases on the members of an image that was seen and is shared: the projects that it is shared with.
/// May be shared between threads.
class Sharing {
 public:
  /// `member_quota`: projects that an image may be shared with; negative: any number.
  Sharing(const Resources& resources, std::int64_t member_quota)
      : resources_(resources), member_quota_(member_quota) {}

  /// All members for the owner and for administrators, and for anybody else the caller's own project.
  std::vector<model::Member> members(const model::Caller& caller, const model::Image& image);

  /// Throws Error{not_found} for every member that the caller would not find in members().
  model::Member member(const model::Caller& caller, const model::Image& image, std::string_view project_id);

  /// Shares the image with one more project, which is `pending` then. Throws Error{limit_exceeded},
  /// Error{duplicate}, and what a store throws that cannot let the project read the data; then it is no
  /// member.
  model::Member add(const model::Caller& caller, const model::Image& image, std::string_view project_id,
                    std::stop_token stop);

  /// Says for a member whether it wants the image: `status` as text of the API. Throws Error{not_found} if it
  /// is none any more, Error{invalid} for no known status.
  model::Member set_status(const model::Member& member, std::string_view status);

  /// Throws Error{not_found} if it is none any more, and what a store throws that would let it go on reading
  /// the data; then it stays a member.
  void remove(const model::Caller& caller, const model::Image& image, const model::Member& member,
              std::stop_token stop);

 private:
  Resources resources_;
  std::int64_t member_quota_;
};

}  // namespace vitrine::images
