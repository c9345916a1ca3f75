#include "stores/store_config.h"

#include <fmt/format.h>

#include <algorithm>
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

/// What happens when a driver cannot be made because its configuration or its place is unusable.
enum class Unusable { refuse, start_down };

/// The driver or, if its store cannot be used now, one that stands for it.
std::unique_ptr<Driver> make_or_stand_in(const std::string& store_id, const LateDriver::Make& make,
                                         Unusable unusable, StoreHealth& health) {
  try {
    return make();
  } catch (const Error& error) {
    if (unusable == Unusable::refuse && !can_retry(error.code())) {
      throw Error(ErrorCode::configuration,
                  fmt::format("The default store {} cannot be used: {}", store_id, error.what()));
    }
    return std::make_unique<LateDriver>(store_id, make, error.what(), health);
  }
}

std::unique_ptr<Store> build_store(StoreTraits traits, const LateDriver::Make& make, Unusable unusable,
                                   std::size_t threads, Metrics& metrics) {
  auto health = std::make_unique<StoreHealth>(metrics, traits.id);

  // Decorators, the innermost first.
  std::unique_ptr<Driver> driver = make_or_stand_in(traits.id, make, unusable, *health);
  // Each location of a store that keeps no data has a peer of its own, and none speaks for the others.
  StoreHealth* watched = traits.keeps_data ? health.get() : nullptr;
  driver = std::make_unique<MeteredDriver>(std::move(driver), StoreMetrics(metrics, traits.id), watched);

  return std::make_unique<Store>(std::move(traits), std::move(driver), threads, std::move(health));
}

std::unique_ptr<Store> build_planned(const StorePlan& plan, Unusable unusable, const Config& config,
                                     Metrics& metrics) {
  const auto make = [type = plan.type, group = plan.group, &config] { return type->make(config, group); };
  const auto threads = static_cast<std::size_t>(config.get(store_threads, plan.group));
  return build_store(traits_of(plan, config), make, unusable, threads, metrics);
}

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
  return build_store({.id = plan->id, .type = "file", .schemes = {"file"}}, make, Unusable::start_down,
                     threads, metrics);
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
  std::vector<std::unique_ptr<Store>> stores;
  for (const StorePlan& plan : plans.stores) {
    if (!plan.type->make) continue;  // check_stores() has refused it
    const Unusable unusable = plan.id == plans.default_id ? Unusable::refuse : Unusable::start_down;
    stores.push_back(build_planned(plan, unusable, config, metrics));
  }
  if (!find_reserved(plans, staging_store_id) && !own_staging.empty()) {
    plans.reserved.push_back({.id = std::string(staging_store_id), .directory = own_staging});
  }
  const ReservedPlan* staging = find_reserved(plans, staging_store_id);
  ReservedStores reserved{.staging = build_reserved(staging, metrics),
                          .tasks = build_reserved(find_reserved(plans, tasks_store_id), metrics),
                          .staging_directory = staging ? staging->directory : ""};
  return std::make_unique<StoreSet>(std::move(stores), plans.default_id, plans.mode, std::move(reserved));
}

}  // namespace vitrine::stores
