#include "catalog/catalog.h"

#include <fmt/format.h>

#include <cassert>
#include <span>
#include <utility>

#include "base/error.h"
#include "catalog/migrations/revisions.h"
#include "catalog/sql/database.h"
#include "catalog/sql/settings.h"
#include "catalog/tables/image_locations.h"
#include "catalog/tables/image_members.h"
#include "catalog/tables/image_page.h"
#include "catalog/tables/image_properties.h"
#include "catalog/tables/image_tags.h"
#include "catalog/tables/images.h"
#include "catalog/tables/project_usage.h"
#include "catalog/tables/tasks.h"

namespace vitrine::catalog {
namespace {

void load_children(sql::Session& session, std::span<model::Image> images) {
  image_properties::load(session, images);
  image_tags::load(session, images);
  image_locations::load(session, images);
}

std::optional<model::Image> load(sql::Session& session, std::string_view image_id,
                                 images::Purpose purpose = images::Purpose::show) {
  std::optional<model::Image> image = images::find(session, image_id, purpose);
  if (image) load_children(session, std::span(&*image, 1));
  return image;
}

model::Image load_live(sql::Session& session, std::string_view image_id,
                       images::Purpose purpose = images::Purpose::show) {
  std::optional<model::Image> image = load(session, image_id, purpose);
  if (!image || image->is_deleted) {
    throw Error(ErrorCode::not_found, fmt::format("There is no image {}.", image_id));
  }
  return *std::move(image);
}

/// The image as it is now, and as it stays for all but this transaction.
model::Image load_to_change(sql::Session& session, std::string_view image_id) {
  return load_live(session, image_id, images::Purpose::change);
}

/// `before` as `edit` wants it, except for what is not its to change.
model::Image edited(const model::Image& before, const std::function<void(model::Image&)>& edit) {
  model::Image after = before;
  edit(after);
  after.id = before.id;
  after.created_at = before.created_at;
  after.updated_at = before.updated_at;
  after.deleted_at = before.deleted_at;
  after.is_deleted = before.is_deleted;
  return after;
}

void store_changes(sql::Session& session, const model::Image& before, const model::Image& after,
                   Timestamp now) {
  bool is_changed = images::differ(before, after);
  is_changed = image_properties::update(session, before, after, now) || is_changed;
  is_changed = image_tags::update(session, before, after, now) || is_changed;
  is_changed = image_locations::update(session, before, after, now) || is_changed;
  if (is_changed) images::update(session, before, after, now);
}

/// Others who count the same project wait until what was counted here is stored, or given up.
Counter counter(sql::Session& session) {
  return [&session](const Count& wanted) {
    session.lock(fmt::format("project {}", wanted.project.value_or("")));
    return project_usage::count(session, wanted);
  };
}

std::string_view location_status_for(model::ImageStatus status) {
  return status == model::ImageStatus::pending_delete ? model::location_status::pending_delete
                                                      : model::location_status::deleted;
}

void soft_delete(sql::Session& session, const model::Image& image, Timestamp now) {
  image_properties::soft_delete_all(session, image.id, now);
  image_tags::soft_delete_all(session, image.id, now);
  image_locations::soft_delete_all(session, image.id, location_status_for(image.status), now);
  image_members::soft_delete_all(session, image.id, now);
  images::soft_delete(session, image.id, now);
}

Error no_such_member(std::string_view image_id, std::string_view project_id) {
  return Error(ErrorCode::not_found,
               fmt::format("{} not found in the member list of the image {}.", project_id, image_id));
}

void require_room_for_member(sql::Session& session, std::string_view image_id, std::string_view project_id,
                             std::int64_t most) {
  const std::vector<model::Member> members = image_members::list(session, image_id);
  if (most >= 0 && std::ssize(members) >= most) {
    throw Error(ErrorCode::limit_exceeded,
                fmt::format("An image may be shared with at most {} projects. Remove a member first.", most));
  }
  if (image_members::find(session, image_id, project_id)) {
    throw Error(ErrorCode::duplicate,
                fmt::format("Image {} is shared with {} already.", image_id, project_id));
  }
}

model::Member load_member(sql::Session& session, std::string_view image_id, std::string_view project_id) {
  std::optional<model::Member> member = image_members::find(session, image_id, project_id);
  if (!member) throw no_such_member(image_id, project_id);
  return *std::move(member);
}

model::Task load_live_task(sql::Session& session, std::string_view task_id) {
  std::optional<model::Task> task = tasks::find(session, task_id);
  if (!task || task->is_deleted) {
    throw Error(ErrorCode::not_found, fmt::format("There is no task {}.", task_id));
  }
  return *std::move(task);
}

}  // namespace

struct Catalog::State {
  sql::Database database;
  const Clock& clock;

  /// As precise as the database keeps it, so that what was stored compares equal.
  Timestamp now() const {
    const Timestamp time = clock.now();
    return database.dialect().keeps_fractions ? time : std::chrono::floor<std::chrono::seconds>(time);
  }
};

Catalog::Catalog(const CatalogSettings& settings, const Clock& clock)
    : state_(new State{sql::Database(sql::read_settings(settings)), clock}) {
  require_served(schema_revisions(settings));
}

Catalog::~Catalog() = default;

model::Image Catalog::insert(const model::Image& image, const Condition& condition) {
  const Timestamp now = state_->now();
  const model::Image nothing{.id = image.id};
  return state_->database.write([&](sql::Session& session) {
    if (condition) condition(nothing, image, counter(session));
    images::insert(session, image, now);
    image_properties::update(session, nothing, image, now);
    image_tags::update(session, nothing, image, now);
    image_locations::update(session, nothing, image, now);
    return load_live(session, image.id);
  });
}

std::optional<model::Image> Catalog::find(std::string_view image_id) {
  return state_->database.read([&](sql::Session& session) { return load(session, image_id); });
}

std::optional<model::ImageLocation> Catalog::find_location(std::int64_t id) {
  return state_->database.read([&](sql::Session& session) { return image_locations::find(session, id); });
}

std::vector<model::Image> Catalog::list(const model::ImageQuery& query) {
  return state_->database.read([&](sql::Session& session) {
    std::vector<model::Image> page = images::read_page(session, query);
    load_children(session, page);
    return page;
  });
}

model::Image Catalog::change(std::string_view image_id, const std::function<void(model::Image&)>& edit,
                             const Condition& condition) {
  return state_->database.write([&](sql::Session& session) {
    const model::Image before = load_to_change(session, image_id);
    const model::Image after = edited(before, edit);
    if (condition) condition(before, after, counter(session));
    store_changes(session, before, after, state_->now());
    return load_live(session, image_id);
  });
}

bool Catalog::take_import_lock(std::string_view image_id, std::string_view task_id) {
  return state_->database.write([&](sql::Session& session) {
    load_to_change(session, image_id);
    return image_properties::take_import_lock(session, image_id, task_id, state_->now());
  });
}

bool Catalog::insert_task_with_lock(const model::Task& task, std::string_view image_id,
                                    const std::function<void(const model::Image&)>& check) {
  return state_->database.write([&](sql::Session& session) {
    const Timestamp now = state_->now();
    const model::Image image = load_to_change(session, image_id);
    if (!image_properties::take_import_lock(session, image_id, task.id, now)) return false;
    check(image);
    tasks::insert(session, task, now);
    return true;
  });
}

bool Catalog::release_import_lock(std::string_view image_id, std::string_view task_id) {
  return state_->database.write([&](sql::Session& session) {
    return image_properties::release_import_lock(session, image_id, task_id);
  });
}

model::Image Catalog::remove(std::string_view image_id, const std::function<void(model::Image&)>& edit) {
  return state_->database.write([&](sql::Session& session) {
    const Timestamp now = state_->now();
    model::Image before = load_to_change(session, image_id);
    const model::Image after = edited(before, edit);
    assert(after.status == model::ImageStatus::deleted || after.status == model::ImageStatus::pending_delete);
    store_changes(session, before, after, now);
    soft_delete(session, after, now);
    return before;
  });
}

std::vector<model::Member> Catalog::members(std::string_view image_id) {
  return state_->database.read([&](sql::Session& session) { return image_members::list(session, image_id); });
}

std::optional<model::Member> Catalog::find_member(std::string_view image_id, std::string_view project_id) {
  return state_->database.read(
      [&](sql::Session& session) { return image_members::find(session, image_id, project_id); });
}

model::Member Catalog::add_member(std::string_view image_id, std::string_view project_id, std::int64_t most) {
  return state_->database.write([&](sql::Session& session) {
    load_to_change(session, image_id);
    require_room_for_member(session, image_id, project_id, most);
    image_members::add(session, image_id, project_id, state_->now());
    return load_member(session, image_id, project_id);
  });
}

model::Member Catalog::change_member(std::string_view image_id, std::string_view project_id,
                                     model::MemberStatus status) {
  return state_->database.write([&](sql::Session& session) {
    image_members::set_status(session, image_id, project_id, status, state_->now());
    return load_member(session, image_id, project_id);
  });
}

void Catalog::remove_member(std::string_view image_id, std::string_view project_id) {
  const bool was_there = state_->database.write([&](sql::Session& session) {
    images::find(session, image_id, images::Purpose::change);
    return image_members::soft_delete(session, image_id, project_id, state_->now());
  });
  if (!was_there) throw no_such_member(image_id, project_id);
}

model::Task Catalog::insert_task(const model::Task& task) {
  return state_->database.write([&](sql::Session& session) {
    tasks::insert(session, task, state_->now());
    return load_live_task(session, task.id);
  });
}

std::optional<model::Task> Catalog::find_task(std::string_view task_id) {
  return state_->database.read([&](sql::Session& session) { return tasks::find(session, task_id); });
}

std::vector<model::Task> Catalog::list_tasks(const model::TaskQuery& query) {
  return state_->database.read(
      [&](sql::Session& session) { return tasks::read_page(session, query, state_->now()); });
}

std::vector<model::Task> Catalog::tasks_of(std::string_view image_id) {
  return state_->database.read(
      [&](sql::Session& session) { return tasks::of_image(session, image_id, state_->now()); });
}

model::Task Catalog::change_task(std::string_view task_id, const std::function<void(model::Task&)>& edit) {
  return state_->database.write([&](sql::Session& session) {
    tasks::lock(session, task_id);
    const model::Task before = load_live_task(session, task_id);
    model::Task after = before;
    edit(after);
    tasks::update(session, before, after, state_->now());
    return load_live_task(session, task_id);
  });
}

void Catalog::delete_expired_tasks() {
  const Timestamp now = state_->now();
  if (!state_->database.read([&](sql::Session& session) { return tasks::has_expired(session, now); })) return;
  state_->database.write([&](sql::Session& session) {
    tasks::soft_delete_expired(session, now);
    return true;
  });
}

std::uint64_t Catalog::count(const Count& wanted) {
  return state_->database.read([&](sql::Session& session) { return project_usage::count(session, wanted); });
}

std::map<std::string, Usage> Catalog::usage(
    const std::function<std::string(const model::Location&)>& place_of) {
  return state_->database.read([&](sql::Session& session) {
    std::map<std::string, Usage> places;
    std::map<std::string, std::string> last_images;  // by place: an image counts once where it lies twice
    image_locations::for_each(session, [&](const image_locations::Blob& blob) {
      const std::string place = place_of(blob.location);
      if (place.empty()) return;
      Usage& usage = places[place];
      usage.bytes += blob.size;
      if (std::exchange(last_images[place], blob.image_id) != blob.image_id) ++usage.images;
    });
    return places;
  });
}

void Catalog::ping() {
  static constexpr sql::Type columns[] = {sql::Type::text};
  state_->database.read([](sql::Session& session) {
    sql::Rows rows = session.query("SELECT version_num FROM alembic_version", columns);
    return rows.next();
  });
}

}  // namespace vitrine::catalog
