#pragma once

#include <string_view>

#include "base/clock.h"
#include "catalog/sql/session.h"

/// Table `image_members`: the projects that an image is shared with.
namespace vitrine::catalog::image_members {

void soft_delete_all(sql::Session& session, std::string_view image_id, Timestamp now);

}  // namespace vitrine::catalog::image_members
