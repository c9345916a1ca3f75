#include "catalog/tables/image_locations.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "catalog/json_text.h"
#include "catalog/limits.h"
#include "catalog/tables/children.h"

namespace vitrine::catalog::image_locations {
namespace {

using model::ImageLocation;
using sql::Type;

const ImageLocation* find_row(const std::vector<ImageLocation>& rows, std::int64_t id) {
  const auto found = std::find_if(rows.begin(), rows.end(),
                                  [&](const ImageLocation& location) { return location.id == id; });
  return found == rows.end() ? nullptr : &*found;
}

/// The text for the column meta_data, after all of the location was checked.
std::string storable_metadata(const ImageLocation& location) {
  std::string metadata = to_json_text(location.location.metadata);
  require_storable_text("location", location.location.uri);
  require_storable_text("metadata of a location", metadata);
  require_storable("status of a location", location.status, 30);
  return metadata;
}

void insert(sql::Session& session, std::string_view image_id, const ImageLocation& location,
            std::string_view now) {
  const std::string metadata = storable_metadata(location);
  session.execute(
      "INSERT INTO image_locations (image_id, value, meta_data, status, created_at, updated_at, deleted) "
      "VALUES (:image_id, :value, :meta_data, :status, :created_at, :updated_at, FALSE)",
      {image_id, location.location.uri, metadata, location.status, now, now});
}

void soft_delete(sql::Session& session, std::int64_t id, std::string_view status, std::string_view now) {
  session.execute(
      "UPDATE image_locations SET status = :status, deleted = TRUE, deleted_at = :now, updated_at = :again "
      "WHERE id = :id AND NOT deleted",
      {status, now, now, id});
}

void write(sql::Session& session, const ImageLocation& location, std::string_view now) {
  const std::string metadata = storable_metadata(location);
  session.execute(
      "UPDATE image_locations SET value = :value, meta_data = :meta_data, status = :status, updated_at = "
      ":now "
      "WHERE id = :id AND NOT deleted",
      {location.location.uri, metadata, location.status, now, location.id});
}

/// One broken row does not hide its image: its metadata is then unknown, and kept until the location is
/// changed.
boost::json::object read_metadata(std::int64_t id, const std::string& text) {
  if (text.empty()) return {};
  std::optional<boost::json::object> metadata = parse_json_object(text);
  if (!metadata) log::warning("image_locations.meta_data is no JSON object in the row with id {}.", id);
  return std::move(metadata).value_or(boost::json::object{});
}

bool means_deleted(std::string_view status) {
  return status == model::location_status::deleted || status == model::location_status::pending_delete;
}

bool store_row(sql::Session& session, const model::Image& before, const ImageLocation& location,
               std::string_view now) {
  if (location.id == 0) {
    insert(session, before.id, location, now);
    return true;
  }
  const ImageLocation* old = find_row(before.locations, location.id);
  assert(old && "a location with an id was read from the database");
  if (*old == location) return false;
  if (means_deleted(location.status)) {
    soft_delete(session, location.id, location.status, now);
  } else {
    write(session, location, now);
  }
  return true;
}

/// Rows are read in the order of their ids, so those that would come out of order lose theirs: they are
/// stored anew.
std::vector<ImageLocation> in_order(const model::Image& before, std::vector<ImageLocation> wanted) {
  std::int64_t last = 0;
  for (ImageLocation& location : wanted) {
    if (means_deleted(location.status)) continue;
    if (location.id > last && find_row(before.locations, location.id)) {
      last = location.id;
    } else {
      location.id = 0;
      last = std::numeric_limits<std::int64_t>::max();
    }
  }
  return wanted;
}

}  // namespace

void load(sql::Session& session, std::span<model::Image> images) {
  static constexpr Type columns[] = {Type::text, Type::integer, Type::text, Type::text, Type::text};
  const ChildQuery query{"SELECT image_id, id, value, meta_data, status FROM image_locations",
                         "NOT deleted AND status NOT IN ('pending', 'uploading')", columns};
  for_each_child(session, query, images, [](model::Image& image, const sql::Rows& row) {
    image.locations.push_back({.id = row.integer(1),
                               .location = {row.text(2), read_metadata(row.integer(1), row.text(3))},
                               .status = row.text(4)});
  });
}

std::optional<ImageLocation> find(sql::Session& session, std::int64_t id) {
  static constexpr Type columns[] = {Type::text, Type::text, Type::text};
  sql::Rows rows =
      session.query("SELECT value, meta_data, status FROM image_locations WHERE id = :id", columns, {id});
  if (!rows.next()) return {};
  return ImageLocation{
      .id = id, .location = {rows.text(0), read_metadata(id, rows.text(1))}, .status = rows.text(2)};
}

void for_each(sql::Session& session, const std::function<void(const Blob&)>& see) {
  static constexpr Type columns[] = {Type::text, Type::integer, Type::text, Type::text, Type::integer};
  sql::Rows rows = session.query(
      "SELECT images.id, image_locations.id, image_locations.value, image_locations.meta_data, images.size "
      "FROM images JOIN image_locations ON image_locations.image_id = images.id "
      "WHERE NOT images.deleted AND NOT image_locations.deleted "
      "AND image_locations.status NOT IN ('pending', 'uploading') ORDER BY images.id",
      columns);
  while (rows.next()) {
    see({.image_id = rows.text(0),
         .location = {rows.text(2), read_metadata(rows.integer(1), rows.text(3))},
         .size = static_cast<std::uint64_t>(rows.integer(4))});
  }
}

bool update(sql::Session& session, const model::Image& before, const model::Image& after, Timestamp now) {
  const std::string time = to_sql_time(now);
  const std::vector<ImageLocation> wanted = in_order(before, after.locations);
  bool is_changed = false;
  for (const ImageLocation& location : before.locations) {
    if (find_row(wanted, location.id)) continue;
    soft_delete(session, location.id, model::location_status::deleted, time);
    is_changed = true;
  }
  for (const ImageLocation& location : wanted) {
    is_changed = store_row(session, before, location, time) || is_changed;
  }
  return is_changed;
}

void soft_delete_all(sql::Session& session, std::string_view image_id, std::string_view status,
                     Timestamp now) {
  const std::string time = to_sql_time(now);
  session.execute(
      "UPDATE image_locations SET status = :status, deleted = TRUE, deleted_at = :now, updated_at = :again "
      "WHERE image_id = :image_id AND NOT deleted",
      {status, time, time, image_id});
}

}  // namespace vitrine::catalog::image_locations
