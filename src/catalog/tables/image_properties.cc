#include "catalog/tables/image_properties.h"

#include <fmt/format.h>

#include <set>
#include <string>

#include "base/error.h"
#include "catalog/limits.h"
#include "catalog/tables/children.h"

namespace vitrine::catalog::image_properties {
namespace {

using sql::Type;

using model::import_lock;

void require_storable_property(const model::Property& property) {
  require_storable("property name", property.name, 255);
  if (property.value) require_storable_text(fmt::format("property {}", property.name), *property.value);
}

void require_unique_names(const model::Image& image) {
  std::set<std::string_view> names;
  for (const model::Property& property : image.properties) {
    if (!names.insert(property.name).second) {
      throw Error(ErrorCode::invalid, fmt::format("The property {} is there twice.", property.name));
    }
  }
}

/// Sets the value of the property's row, and revives it. Python Glance's purge goes by deleted_at alone, so a
/// live row must not keep one. MariaDB has one row for all names that differ in case alone: a deleted one
/// takes the new name, and a live one is another property's.
bool set_existing(sql::Session& session, std::string_view image_id, const model::Property& property,
                  std::string_view now) {
  return session.execute(
             fmt::format("UPDATE image_properties SET name = :new_name, value = :value, updated_at = :now, "
                         "deleted = FALSE, deleted_at = NULL "
                         "WHERE image_id = :image_id AND name = :name AND (deleted OR name = {}:exact_name)",
                         session.dialect().exactly),
             {property.name, property.value, now, image_id, property.name, property.name}) > 0;
}

void insert(sql::Session& session, std::string_view image_id, const model::Property& property,
            std::string_view now) {
  try {
    session.execute(
        "INSERT INTO image_properties (image_id, name, value, created_at, updated_at, deleted) "
        "VALUES (:image_id, :name, :value, :created_at, :updated_at, FALSE)",
        {image_id, property.name, property.value, now, now});
  } catch (const Error& error) {
    if (error.code() != ErrorCode::duplicate) throw;
    throw Error(
        ErrorCode::conflict,
        fmt::format("The image has a property that the database cannot tell from {}: remove that one first, "
                    "or try again if the image was just changed elsewhere.",
                    property.name));
  }
}

void soft_delete(sql::Session& session, std::string_view image_id, std::string_view name,
                 std::string_view now) {
  session.execute(
      "UPDATE image_properties SET deleted = TRUE, deleted_at = :now, updated_at = :again "
      "WHERE image_id = :image_id AND name = :name AND NOT deleted",
      {now, now, image_id, name});
}

bool set(sql::Session& session, const model::Image& before, const model::Property& property,
         std::string_view now) {
  const model::Property* old = before.find_property(property.name);
  if (property.name == import_lock || (old && *old == property)) return false;
  require_storable_property(property);
  if (!set_existing(session, before.id, property, now)) insert(session, before.id, property, now);
  return true;
}

}  // namespace

void load(sql::Session& session, std::span<model::Image> images) {
  static constexpr Type columns[] = {Type::text, Type::text, Type::text};
  const ChildQuery query{"SELECT image_id, name, value FROM image_properties", "NOT deleted", columns};
  for_each_child(session, query, images, [](model::Image& image, const sql::Rows& row) {
    image.properties.push_back({row.text(1), row.optional_text(2)});
  });
}

bool update(sql::Session& session, const model::Image& before, const model::Image& after, Timestamp now) {
  require_unique_names(after);
  const std::string time = to_sql_time(now);
  bool is_changed = false;
  for (const model::Property& property : before.properties) {
    if (property.name == import_lock || after.find_property(property.name)) continue;
    soft_delete(session, before.id, property.name, time);
    is_changed = true;
  }
  for (const model::Property& property : after.properties) {
    is_changed = set(session, before, property, time) || is_changed;
  }
  return is_changed;
}

bool take_import_lock(sql::Session& session, std::string_view image_id, std::string_view task_id,
                      Timestamp now) {
  static constexpr Type columns[] = {Type::integer};
  const std::string time = to_sql_time(now);
  const auto revived = session.execute(
      "UPDATE image_properties SET value = :task, updated_at = :now, deleted = FALSE, deleted_at = NULL "
      "WHERE image_id = :image_id AND name = :name AND deleted",
      {task_id, time, image_id, import_lock});
  if (revived > 0) return true;
  sql::Rows rows = session.query("SELECT 1 FROM image_properties WHERE image_id = :image_id AND name = :name",
                                 columns, {image_id, import_lock});
  if (rows.next()) return false;
  try {
    insert(session, image_id, {std::string(import_lock), std::string(task_id)}, time);
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::conflict) throw;
    return false;  // Python Glance, which does not lock the image, took it at the same time
  }
}

bool release_import_lock(sql::Session& session, std::string_view image_id, std::string_view task_id) {
  return session.execute(
             "DELETE FROM image_properties WHERE image_id = :image_id AND name = :name AND value = :task AND "
             "NOT deleted",
             {image_id, import_lock, task_id}) > 0;
}

void soft_delete_all(sql::Session& session, std::string_view image_id, Timestamp now) {
  const std::string time = to_sql_time(now);
  session.execute(
      "UPDATE image_properties SET deleted = TRUE, deleted_at = :now, updated_at = :again "
      "WHERE image_id = :image_id AND NOT deleted",
      {time, time, image_id});
}

}  // namespace vitrine::catalog::image_properties
