#include "images/data_removal.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "base/log.h"

namespace vitrine::images {
namespace {

using Rows = std::vector<model::ImageLocation>;

/// Whether one of the rows is of the data that lies at the location.
bool have(const Rows& rows, const stores::Location& location, const stores::StoreSet& stores) {
  return std::any_of(rows.begin(), rows.end(), [&](const model::ImageLocation& row) {
    return row.location.uri == location.uri && stores.holding(row.location) == stores.holding(location);
  });
}

/// The rows of `before` whose data `after` does not name any more, once each.
Rows taken_out(const Rows& before, const Rows& after, const stores::StoreSet& stores) {
  Rows result;
  for (const model::ImageLocation& row : before) {
    const bool stays = have(after, row.location, stores) || have(result, row.location, stores);
    if (!stays) result.push_back(row);
  }
  return result;
}

bool are_same(const Rows& some, const Rows& others) {
  return std::equal(some.begin(), some.end(), others.begin(), others.end(),
                    [](const auto& a, const auto& b) { return a.location == b.location; });
}

/// The journal's lines for data that is leaving its stores.
class Lines {
 public:
  Lines(const Resources& resources, const std::string& image_id, const Rows& rows)
      : journal_(resources.removals) {
    try {
      for (const auto& row : rows) add(resources.stores.holding(row.location), image_id, row.id);
    } catch (...) {
      clear();
      throw;
    }
  }

  void clear() const {
    for (const std::string& id : ids_) journal_.clear(id);
  }

  void abandon() const {
    for (const std::string& id : ids_) journal_.abandon(id);
  }

 private:
  void add(const stores::Store* store, const std::string& image_id, std::int64_t row) {
    if (!store || !store->traits().keeps_data) return;
    ids_.push_back(new_uuid());
    journal_.add({.transfer_id = ids_.back(),
                  .image_id = image_id,
                  .store_id = store->id(),
                  .blob_name = image_id,
                  .location_row = row});
  }

  transfer::Journal& journal_;
  std::vector<std::string> ids_;
};

/// Undoes a change whose data a store would not let go. What others changed since stays. False if that could
/// not be stored.
bool put_back(const Resources& resources, const model::Image& before, const model::Image& after) {
  try {
    resources.catalog.change(before.id, [&](model::Image& fresh) {
      if (fresh.updated_at == after.updated_at) {
        fresh = before;
        return;
      }
      for (auto& row : taken_out(before.locations, after.locations, resources.stores)) {
        if (!have(fresh.locations, row.location, resources.stores)) fresh.locations.push_back(row);
      }
    });
    return true;
  } catch (const Error& error) {
    log::error("Image {} lost a location whose data could not be removed; it will be tried again: {}",
               before.id, error.what());
    return false;
  }
}

/// Removes the data of the rows, and with it the rows from `before`.
void remove_data_of(const Resources& resources, const Rows& rows, const stores::StoreCall& call,
                    model::Image& before) {
  for (const model::ImageLocation& row : rows) {
    remove_data(resources.stores, call, before.id, row.location);
    std::erase_if(before.locations,
                  [&](const auto& other) { return have({other}, row.location, resources.stores); });
  }
}

}  // namespace

void remove_data(const stores::StoreSet& stores, const stores::StoreCall& call, std::string_view image_id,
                 const stores::Location& location) {
  const stores::Store* store = stores.holding(location);
  if (store == nullptr) {
    log::warning("Data of image {} is left behind: no configured store knows its location.", image_id);
    return;
  }
  if (!store->traits().keeps_data) return;
  try {
    store->driver().remove(call, location);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
    log::warning("Data of image {} was already gone from store {}.", image_id, store->id());
  }
}

model::Image change_and_remove_data(const Resources& resources, const model::Image& seen,
                                    const std::function<void(model::Image&)>& edit,
                                    const stores::StoreCall& call, const catalog::Condition& condition) {
  model::Image before = seen;
  model::Image after = seen;
  edit(after);
  const Rows leaving = taken_out(before.locations, after.locations, resources.stores);
  const Lines lines(resources, seen.id, leaving);
  try {
    const auto same_edit = [&](model::Image& fresh) {
      before = fresh;
      edit(fresh);
      if (!are_same(taken_out(before.locations, fresh.locations, resources.stores), leaving)) {
        throw Error(ErrorCode::conflict,
                    "The image's locations were changed by somebody else. Look and try again.");
      }
    };
    after = resources.catalog.change(seen.id, same_edit, condition);
  } catch (const Error& error) {
    // With the database away nobody knows whether the change was stored.
    if (can_retry(error.code())) {
      lines.abandon();
    } else {
      lines.clear();
    }
    throw;
  }
  try {
    remove_data_of(resources, leaving, call, before);
  } catch (...) {
    if (put_back(resources, before, after)) {
      lines.clear();
    } else {
      lines.abandon();
    }
    throw;
  }
  lines.clear();
  return after;
}

}  // namespace vitrine::images
