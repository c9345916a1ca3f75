#include "stores/store_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/text.h"
#include "stores/decorators/metered_driver.h"
#include "stores/driver_table.h"
#include "stores/options.h"

namespace vitrine::stores {
namespace {

using config::Finding;

/// The group of every store in a service that has one of each type; such a store's id is its type's name.
constexpr std::string_view single_group = "glance_store";

/// A store as the configuration asks for it.
struct Plan {
  std::string id;
  const DriverType* type;
  std::string group;
};

struct Plans {
  std::vector<Plan> stores;
  std::string default_id;  ///< empty if there is an error among the findings
  std::vector<Finding> findings;
};

template <class T>
Finding finding_at(const config::Config& config, const Option<T>& option, Finding::Severity severity,
                   std::string message) {
  Finding finding = config.where(option.group, option.name);
  finding.severity = severity;
  finding.message = std::move(message);
  return finding;
}

bool is_planned(const Plans& plans, const DriverType* type) {
  return std::any_of(plans.stores.begin(), plans.stores.end(),
                     [&](const Plan& plan) { return plan.type == type; });
}

void plan_enabled(const config::Config& config, Plans& plans) {
  for (const std::string& name : config.get(enabled_stores)) {
    const DriverType* type = find_driver_type(trim(name));
    if (type && !is_planned(plans, type)) {
      plans.stores.push_back({std::string(type->name), type, std::string(single_group)});
    } else if (!type && config.is_set(enabled_stores)) {
      plans.findings.push_back(finding_at(
          config, enabled_stores, Finding::Severity::warning,
          fmt::format("this version has no store type {}: image data in such stores cannot be read", name)));
    }
  }
}

void plan_default(const config::Config& config, Plans& plans) {
  const std::string scheme = config.get(default_store);
  for (const Plan& plan : plans.stores) {
    const auto& schemes = plan.type->schemes;
    if (std::find(schemes.begin(), schemes.end(), scheme) == schemes.end()) continue;
    plans.default_id = plan.id;
    return;
  }
  plans.findings.push_back(finding_at(
      config, default_store, Finding::Severity::error,
      fmt::format("no store for {}: set default_store to the scheme of a type that stands in stores",
                  scheme)));
}

Plans plan_stores(const config::Config& config) {
  Plans plans;
  plan_enabled(config, plans);
  plan_default(config, plans);
  return plans;
}

std::unique_ptr<Store> build_store(const Plan& plan, const config::Config& config, Metrics& metrics) {
  // Decorators, the innermost first.
  std::unique_ptr<Driver> driver = plan.type->make(config, plan.group);
  driver = std::make_unique<MeteredDriver>(std::move(driver), StoreMetrics(metrics, plan.id));

  return std::make_unique<Store>(
      plan.id, std::string(plan.type->name),
      std::vector<std::string>(plan.type->schemes.begin(), plan.type->schemes.end()), std::move(driver),
      static_cast<std::size_t>(config.get(store_threads, plan.group)));
}

}  // namespace

std::vector<Finding> check_stores(const config::Config& config) {
  const Plans plans = plan_stores(config);
  std::vector<Finding> findings = plans.findings;
  for (const Plan& plan : plans.stores) {
    const std::vector<Finding> of_store = plan.type->check(config, plan.group);
    findings.insert(findings.end(), of_store.begin(), of_store.end());
  }
  return findings;
}

std::unique_ptr<StoreSet> build_stores(const config::Config& config, Metrics& metrics) {
  const Plans plans = plan_stores(config);
  if (plans.default_id.empty()) throw Error(ErrorCode::configuration, to_string(plans.findings.back()));
  std::vector<std::unique_ptr<Store>> stores;
  for (const Plan& plan : plans.stores) stores.push_back(build_store(plan, config, metrics));
  return std::make_unique<StoreSet>(std::move(stores), plans.default_id);
}

}  // namespace vitrine::stores
