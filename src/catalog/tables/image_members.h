#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "catalog/sql/session.h"
#include "model/member.h"

/// Table `image_members`: the projects that an image is shared with. There is one live row for an image and a
/// project; a project that comes back takes its old row.
namespace vitrine::catalog::image_members {

/// The image's members, each once, in the order of their rows.
std::vector<model::Member> list(sql::Session& session, std::string_view image_id);

std::optional<model::Member> find(sql::Session& session, std::string_view image_id,
                                  std::string_view project_id);

/// Adds a pending member to an image that has not got it. Throws Error{invalid} for a project that cannot be
/// stored.
void add(sql::Session& session, std::string_view image_id, std::string_view project_id, Timestamp now);

/// These two return whether there was such a member.
bool set_status(sql::Session& session, std::string_view image_id, std::string_view project_id,
                model::MemberStatus status, Timestamp now);
bool soft_delete(sql::Session& session, std::string_view image_id, std::string_view project_id,
                 Timestamp now);

void soft_delete_all(sql::Session& session, std::string_view image_id, Timestamp now);

}  // namespace vitrine::catalog::image_members
