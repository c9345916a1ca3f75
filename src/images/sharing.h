#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "images/images.h"
#include "model/caller.h"
#include "model/member.h"

namespace vitrine::images {

/// The use cases on an image's members: its owner says which projects it is shared with, and each of these
/// says whether it wants it. Only images whose visibility is `shared` have members; those of an image that
/// was shared before stay out of sight. All throw Error{not_found} for an image that the caller may not see.
/// May be shared between threads.
class Sharing {
 public:
  /// Everything is borrowed. `member_quota`: projects that an image may be shared with; negative: any number.
  Sharing(Images& images, catalog::Catalog& catalog, std::int64_t member_quota)
      : images_(images), catalog_(catalog), member_quota_(member_quota) {}

  /// All members for the owner and for administrators, and for anybody else the caller's own project. Throws
  /// Error{forbidden} if the image is not shared.
  std::vector<model::Member> members(const model::Caller& caller, std::string_view image_id);

  /// Throws Error{not_found} for every member that the caller would not find in members().
  model::Member member(const model::Caller& caller, std::string_view image_id, std::string_view project_id);

  /// Shares the image with one more project, which is `pending` then. Throws Error{forbidden} unless the
  /// caller may change the image, Error{limit_exceeded}, Error{duplicate}.
  model::Member add(const model::Caller& caller, std::string_view image_id, std::string_view project_id);

  /// Says for a member whether it wants the image: `status` as text of the API. The owner has no say in it:
  /// Error{forbidden}. Throws Error{invalid} for no known status.
  model::Member set_status(const model::Caller& caller, std::string_view image_id,
                           std::string_view project_id, std::string_view status);

  /// Throws Error{forbidden} unless the caller may change the image.
  void remove(const model::Caller& caller, std::string_view image_id, std::string_view project_id);

 private:
  model::Image shared_image(const model::Caller& caller, std::string_view image_id);

  Images& images_;
  catalog::Catalog& catalog_;
  std::int64_t member_quota_;
};

}  // namespace vitrine::images
