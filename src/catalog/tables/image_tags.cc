#include "catalog/tables/image_tags.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

#include "catalog/limits.h"
#include "catalog/tables/children.h"

namespace vitrine::catalog::image_tags {
namespace {

using sql::Type;

void insert(sql::Session& session, std::string_view image_id, std::string_view tag, std::string_view now) {
  require_storable("tag", tag, 255);
  session.execute(
      "INSERT INTO image_tags (image_id, value, created_at, updated_at, deleted) "
      "VALUES (:image_id, :value, :created_at, :updated_at, FALSE)",
      {image_id, tag, now, now});
}

void soft_delete(sql::Session& session, std::string_view image_id, std::string_view tag,
                 std::string_view now) {
  session.execute(fmt::format("UPDATE image_tags SET deleted = TRUE, deleted_at = :now, updated_at = :again "
                              "WHERE image_id = :image_id AND value = {}:value AND NOT deleted",
                              session.dialect().exactly),
                  {now, now, image_id, tag});
}

}  // namespace

void load(sql::Session& session, std::span<model::Image> images) {
  static constexpr Type columns[] = {Type::text, Type::text};
  const ChildQuery query{"SELECT image_id, value FROM image_tags", "NOT deleted", columns};
  for_each_child(session, query, images, [](model::Image& image, const sql::Rows& row) {
    // Two Python services that add a tag at the same time leave two rows.
    const bool is_there = std::find(image.tags.begin(), image.tags.end(), row.text(1)) != image.tags.end();
    if (!is_there) image.tags.push_back(row.text(1));
  });
}

bool update(sql::Session& session, const model::Image& before, const model::Image& after, Timestamp now) {
  const std::string time = to_sql_time(now);
  const std::set<std::string_view> old_tags(before.tags.begin(), before.tags.end());
  const std::set<std::string_view> new_tags(after.tags.begin(), after.tags.end());
  for (const std::string_view tag : old_tags) {
    if (!new_tags.contains(tag)) soft_delete(session, before.id, tag, time);
  }
  for (const std::string_view tag : new_tags) {
    if (!old_tags.contains(tag)) insert(session, before.id, tag, time);
  }
  return old_tags != new_tags;
}

void soft_delete_all(sql::Session& session, std::string_view image_id, Timestamp now) {
  const std::string time = to_sql_time(now);
  session.execute(
      "UPDATE image_tags SET deleted = TRUE, deleted_at = :now, updated_at = :again "
      "WHERE image_id = :image_id AND NOT deleted",
      {time, time, image_id});
}

}  // namespace vitrine::catalog::image_tags
