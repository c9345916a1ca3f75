#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "catalog/catalog.h"
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
  /// The catalog is borrowed. `member_quota`: projects that an image may be shared with; negative: any
  /// number.
  Sharing(catalog::Catalog& catalog, std::int64_t member_quota)
      : catalog_(catalog), member_quota_(member_quota) {}

  /// All members for the owner and for administrators, and for anybody else the caller's own project.
  std::vector<model::Member> members(const model::Caller& caller, const model::Image& image);

  /// Throws Error{not_found} for every member that the caller would not find in members().
  model::Member member(const model::Caller& caller, const model::Image& image, std::string_view project_id);

  /// Shares the image with one more project, which is `pending` then. Throws Error{limit_exceeded},
  /// Error{duplicate}.
  model::Member add(const model::Image& image, std::string_view project_id);

  /// Says for a member whether it wants the image: `status` as text of the API. Throws Error{not_found} if it
  /// is none any more, Error{invalid} for no known status.
  model::Member set_status(const model::Member& member, std::string_view status);

  /// Throws Error{not_found} if it is none any more.
  void remove(const model::Member& member);

 private:
  catalog::Catalog& catalog_;
  std::int64_t member_quota_;
};

}  // namespace vitrine::images
