#include "stores/store_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/text.h"
#include "stores/decorators/late_driver.h"
#include "stores/decorators/metered_driver.h"
#include "stores/drivers/directory_place.h"
#include "stores/drivers/file_driver.h"
#include "stores/options.h"
#include "stores/store_plan.h"

namespace vitrine::stores {
namespace {

using config::Config;
using config::Finding;

/// A place with the store that lies there, and where in the configuration that is said.
struct Claim {
  std::string store_id;
  Place place;
  Finding where;
};

/// The places of a store whose options are in order; others are reported by their type's check.
void add_claims(const Config& config, const StorePlan& plan, std::vector<Claim>& claims) {
  if (!plan.type->places) return;
  try {
    for (Place& place : plan.type->places(config, plan.group)) {
      Finding where = config.is_set(plan.group, place.option)
                          ? config.where(plan.group, place.option)
                          : config.find_group(plan.group).value_or(Finding{});
      claims.push_back({plan.id, std::move(place), std::move(where)});
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::configuration) throw;
  }
}

std::vector<Claim> claims_of(const Config& config, const StorePlans& plans) {
  std::vector<Claim> claims;
  for (const StorePlan& plan : plans.stores) add_claims(config, plan, claims);
  for (const ReservedPlan& plan : plans.reserved) {
    claims.push_back({plan.id, directory_place(plan.directory, "filesystem_store_datadir"), plan.where});
  }
  return claims;
}

Finding collision(const Claim& earlier, const Claim& later) {
  const std::string& one = earlier.place.shown;
  const std::string& other = later.place.shown;
  Finding finding = later.where;
  finding.message = fmt::format(
      "Stores {} and {} share a place: {}. Neither could tell its data from the other's, and what is removed "
      "from one would be gone from both. Give each a place of its own, neither inside the other's, or drop "
      "one.",
      earlier.store_id, later.store_id, one == other ? one : one + " and " + other);
  return finding;
}

std::vector<Finding> find_collisions(const std::vector<Claim>& claims) {
  std::vector<Finding> findings;
  for (std::size_t later = 1; later < claims.size(); ++later) {
    for (std::size_t earlier = 0; earlier < later; ++earlier) {
      const bool is_same_store = claims[earlier].store_id == claims[later].store_id;
      if (is_same_store || !overlap(claims[earlier].place, claims[later].place)) continue;
      findings.push_back(collision(claims[earlier], claims[later]));
    }
  }
  return findings;
}

StoreTraits traits_of(const StorePlan& plan, const Config& config) {
  const DriverType& type = *plan.type;
  StoreTraits traits{.id = plan.id,
                     .type = std::string(type.name),
                     .schemes = {type.schemes.begin(), type.schemes.end()},
                     .description = config.get(store_description, plan.group).value_or(""),
                     .weight = config.get(weight, plan.group),
                     .keeps_data = type.keeps_data};
  try {
    if (type.uri_prefixes) traits.uri_prefixes = type.uri_prefixes(config, plan.group);
    if (type.properties) traits.properties = type.properties(config, plan.group);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::configuration) throw;  // the driver cannot be made then, either
  }
  return traits;
}

/// Which store was the first to find itself in a place. Two drivers that are made may lie in one place
/// although their configurations gave no sign of it.
class FoundPlaces {
 public:
  /// Throws Error{configuration} if one of the places is another store's.
  void claim(const std::string& store_id, const std::vector<std::string>& places) {
    const std::lock_guard lock(mutex_);
    for (const std::string& place : places) {
      const std::string& owner = owners_.try_emplace(place, store_id).first->second;
      if (owner == store_id) continue;
      throw Error(
          ErrorCode::configuration,
          fmt::format("it lies in the place of store {} ({}), and what is removed from one would be gone "
                      "from both. Give it another place, or drop it.",
                      owner, place));
    }
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::string> owners_;
};

/// What happens when a driver cannot be made because its configuration or its place is unusable.
enum class Unusable { refuse, start_down };

Error unusable_default(const std::string& store_id, const Error& error) {
  return Error(ErrorCode::configuration,
               fmt::format("The default store {} cannot be used: {}", store_id, error.what()));
}

/// The driver or, if its store cannot be used now, one that stands for it.
std::unique_ptr<Driver> make_or_stand_in(const std::string& store_id, const LateDriver::Make& make,
                                         Unusable unusable, StoreHealth& health) {
  try {
    return make();
  } catch (const Error& error) {
    if (unusable == Unusable::refuse && !can_retry(error.code())) throw unusable_default(store_id, error);
    return std::make_unique<LateDriver>(store_id, make, health, LateDriver::Times{}, error.what());
  }
}

std::unique_ptr<Store> build_store(StoreTraits traits, std::unique_ptr<Driver> driver,
                                   std::unique_ptr<StoreHealth> health, std::size_t threads,
                                   Metrics& metrics) {
  // Decorators, the innermost first. Each location of a store that keeps no data has a peer of its own, and
  // none speaks for the others.
  StoreHealth* watched = traits.keeps_data ? health.get() : nullptr;
  driver = std::make_unique<MeteredDriver>(std::move(driver), StoreMetrics(metrics, traits.id), watched);
  return std::make_unique<Store>(std::move(traits), std::move(driver), threads, std::move(health));
}

/// Makes the stores of a configuration. Those that other machines hold up come up side by side.
class Builder {
 public:
  Builder(const Config& config, Metrics& metrics) : config_(config), metrics_(metrics) {}

  void add(const StorePlan& plan, Unusable unusable) {
    const auto make = [type = plan.type, plan, &config = config_, places = places_] {
      std::unique_ptr<Driver> driver = type->make(config, plan.group);
      if (type->found_places) places->claim(plan.id, type->found_places(*driver));
      return driver;
    };
    auto health = std::make_unique<StoreHealth>(metrics_, plan.id);
    std::unique_ptr<Driver> driver;
    if (plan.type->reaches_out) {
      auto late = std::make_unique<LateDriver>(plan.id, make, *health, LateDriver::Times{});
      begun_.push_back({plan.id, unusable, late.get()});
      driver = std::move(late);
    } else {
      driver = make_or_stand_in(plan.id, make, unusable, *health);
    }
    const auto threads = static_cast<std::size_t>(config_.get(store_threads, plan.group));
    stores_.push_back(
        build_store(traits_of(plan, config_), std::move(driver), std::move(health), threads, metrics_));
  }

  /// All that were added. Throws Error{configuration} for a default store that cannot be used.
  std::vector<std::unique_ptr<Store>> finish() {
    for (const Begun& begun : begun_) {
      const std::optional<Error> failure = begun.driver->first_failure();
      if (failure && begun.unusable == Unusable::refuse && !can_retry(failure->code()))
        throw unusable_default(begun.store_id, *failure);
    }
    return std::move(stores_);
  }

 private:
  struct Begun {
    std::string store_id;
    Unusable unusable;
    LateDriver* driver;
  };

  const Config& config_;
  Metrics& metrics_;
  const std::shared_ptr<FoundPlaces> places_ = std::make_shared<FoundPlaces>();
  std::vector<Begun> begun_;
  std::vector<std::unique_ptr<Store>> stores_;
};

const ReservedPlan* find_reserved(const StorePlans& plans, std::string_view id) {
  const auto plan = std::find_if(plans.reserved.begin(), plans.reserved.end(),
                                 [&](const ReservedPlan& reserved) { return reserved.id == id; });
  return plan == plans.reserved.end() ? nullptr : &*plan;
}

std::unique_ptr<Store> build_reserved(const ReservedPlan* plan, Metrics& metrics) {
  if (plan == nullptr) return nullptr;
  FileSettings settings;
  settings.directories = parse_data_directories(plan->directory, {});
  settings.block_size = plan->block_size;
  const auto make = [settings] { return std::make_unique<FileDriver>(settings); };
  constexpr std::size_t threads = 4;
  auto health = std::make_unique<StoreHealth>(metrics, plan->id);
  auto driver = make_or_stand_in(plan->id, make, Unusable::start_down, *health);
  return build_store({.id = plan->id, .type = "file", .schemes = {"file"}}, std::move(driver),
                     std::move(health), threads, metrics);
}

void append(std::vector<Finding>& all, const std::vector<Finding>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

std::vector<Finding> check_stores(const Config& config) {
  const StorePlans plans = plan_stores(config);
  std::vector<Finding> findings = plans.findings;
  for (const StorePlan& plan : plans.stores) append(findings, plan.type->check(config, plan.group));
  append(findings, find_collisions(claims_of(config, plans)));
  return findings;
}

std::unique_ptr<StoreSet> build_stores(const Config& config, Metrics& metrics,
                                       const std::filesystem::path& own_staging) {
  StorePlans plans = plan_stores(config);
  if (plans.default_id.empty()) throw Error(ErrorCode::configuration, to_string(plans.findings.back()));
  Builder builder(config, metrics);
  for (const StorePlan& plan : plans.stores) {
    if (!plan.type->make) continue;  // check_stores() has refused it
    builder.add(plan, plan.id == plans.default_id ? Unusable::refuse : Unusable::start_down);
  }
  if (!find_reserved(plans, staging_store_id) && !own_staging.empty()) {
    plans.reserved.push_back({.id = std::string(staging_store_id), .directory = own_staging});
  }
  const ReservedPlan* staging = find_reserved(plans, staging_store_id);
  ReservedStores reserved{.staging = build_reserved(staging, metrics),
                          .tasks = build_reserved(find_reserved(plans, tasks_store_id), metrics),
                          .staging_directory = staging ? staging->directory : ""};
  return std::make_unique<StoreSet>(builder.finish(), plans.default_id, plans.mode, std::move(reserved));
}

}  // namespace vitrine::stores
