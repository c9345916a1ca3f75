#include "stores/store_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "config/options.h"
#include "stores/driver_rules.h"
#include "stores/drivers/file_options.h"
#include "stores/options.h"

namespace vitrine::stores {
namespace {

using config::Config;
using config::Finding;

/// The group of every store in a service that has one of each type; such a store's id is its type's name.
constexpr std::string_view single_group = "glance_store";

template <class T>
void report(const Config& config, const Option<T>& option, std::string problem, StorePlans& plans) {
  // What nobody wrote has no line of its own; what makes it necessary does.
  Finding finding = config.is_set(option) ? config.where(option.group, option.name)
                                          : config.where("DEFAULT", config::enabled_backends.name);
  finding.message = fmt::format("[{}] {}: {}", option.group, option.name, problem);
  plans.findings.push_back(std::move(finding));
}

std::string type_names() {
  std::vector<std::string> names;
  for (const DriverType& type : driver_types()) names.emplace_back(type.name);
  return join(names, ", ");
}

std::string ids_of(const std::vector<StorePlan>& stores) {
  std::vector<std::string> ids;
  for (const StorePlan& store : stores) ids.push_back(store.id);
  return join(ids, ", ");
}

const StorePlan* find_plan(const std::vector<StorePlan>& stores, std::string_view id) {
  const auto found = std::find_if(stores.begin(), stores.end(), [&](const auto& s) { return s.id == id; });
  return found == stores.end() ? nullptr : &*found;
}

// Several stores.

/// What is wrong with the pair in enabled_backends; empty: nothing.
std::string fault_of_pair(const std::string& id, const std::string& type_name, const DriverType* type) {
  if (id == staging_store_id || id == tasks_store_id) {
    return fmt::format("{} is the service's own store and is there without being enabled. Remove it.", id);
  }
  if (id.starts_with(reserved_prefix)) {
    return fmt::format("ids that start with {} are reserved. Choose another one for {}.", reserved_prefix,
                       id);
  }
  if (!type) {
    return fmt::format("store {} has the unknown type '{}'. Types are {}.", id, type_name, type_names());
  }
  const std::string lack = why_no_driver(*type);
  return lack.empty() ? lack : fmt::format("store {}: {}", id, lack);
}

void plan_enabled_backends(const Config& config, StorePlans& plans) {
  for (const auto& [id, type_name] : config.get(config::enabled_backends)) {
    const DriverType* type = find_driver_type(type_name);
    if (std::string fault = fault_of_pair(id, type_name, type); !fault.empty()) {
      report(config, config::enabled_backends, std::move(fault), plans);
    }
    if (!type || id.starts_with(reserved_prefix)) continue;
    plans.stores.push_back({id, type, id});
    if (config.find_group(id)) continue;
    report(config, config::enabled_backends,
           fmt::format("store {0} has no section. Write [{0}] with the options of its store.", id), plans);
  }
}

void plan_default_backend(const Config& config, StorePlans& plans) {
  const std::string id = config.get(default_backend).value_or("");
  const StorePlan* plan = find_plan(plans.stores, id);
  if (id.empty()) {
    report(config, default_backend,
           fmt::format("it is not set. Set it to the store for new data, one of {}.", ids_of(plans.stores)),
           plans);
  } else if (!plan) {
    report(config, default_backend,
           fmt::format("{} is not in enabled_backends. Set it to one of {}.", id, ids_of(plans.stores)),
           plans);
  } else if (!plan->type->keeps_data) {
    report(
        config, default_backend,
        fmt::format("stores of type {} take no data. Set it to a store of another type.", plan->type->name),
        plans);
  } else {
    plans.default_id = id;
  }
}

/// Glance's documentation promises these directories when nobody names others.
std::string default_reserved_directory(std::string_view id) {
  return fmt::format("/var/lib/glance/{}", id);
}

void plan_reserved_stores(const Config& config, StorePlans& plans) {
  for (const std::string_view id : {staging_store_id, tasks_store_id}) {
    const bool is_named = config.is_set(id, filesystem_store_datadir.name);
    plans.reserved.push_back(
        {.id = std::string(id),
         .directory = is_named ? config.get(filesystem_store_datadir, id) : default_reserved_directory(id),
         .block_size = static_cast<std::size_t>(config.get(filesystem_store_chunk_size, id)),
         .where = config.where(id, filesystem_store_datadir.name)});
    if (plans.reserved.back().directory.starts_with('/')) continue;
    Finding finding = plans.reserved.back().where;
    finding.message = fmt::format("[{}] {} must be an absolute path.", id, filesystem_store_datadir.name);
    plans.findings.push_back(std::move(finding));
    plans.reserved.pop_back();
  }
}

// One store of each type.

void plan_single_stores(const Config& config, StorePlans& plans) {
  for (const std::string& name : config.get(enabled_stores)) {
    const DriverType* type = find_driver_type(trim(name));
    if (!type) {
      report(config, enabled_stores,
             fmt::format("there is no store type '{}'. Types are {}.", name, type_names()), plans);
    } else if (!find_plan(plans.stores, type->name)) {
      plans.stores.push_back({std::string(type->name), type, std::string(single_group)});
      if (std::string lack = why_no_driver(*type); !lack.empty())
        report(config, enabled_stores, std::move(lack), plans);
    }
  }
}

void plan_default_store(const Config& config, StorePlans& plans) {
  const std::string scheme = config.get(default_store);
  const auto reads_scheme = [&](const StorePlan& plan) {
    const auto& schemes = plan.type->schemes;
    return std::find(schemes.begin(), schemes.end(), scheme) != schemes.end();
  };
  const auto found = std::find_if(plans.stores.begin(), plans.stores.end(), reads_scheme);
  if (found == plans.stores.end()) {
    report(config, default_store,
           fmt::format("no store is for {}. Set it to the scheme of a type that stands in stores.", scheme),
           plans);
  } else if (!found->type->keeps_data) {
    report(config, default_store,
           fmt::format("stores of type {} take no data. Set it to file, or to another type's scheme.",
                       found->type->name),
           plans);
  } else {
    plans.default_id = found->id;
  }
}

void plan_directories(const Config& config, StorePlans& plans) {
  const std::string uri = config.get(node_staging_uri);
  const SplitUri parts = split_uri(uri);
  if (parts.scheme != "file" || !parts.rest.starts_with('/')) {
    report(config, node_staging_uri, "write file:// and an absolute path, such as file:///tmp/staging/.",
           plans);
  } else if (config.is_set(node_staging_uri)) {  // the fallback is a place that anybody may have made
    plans.reserved.push_back({.id = std::string(staging_store_id),
                              .directory = std::string(parts.rest),
                              .where = config.where(node_staging_uri.group, node_staging_uri.name)});
  }
  const std::string directory = config.get(work_dir).value_or("");
  if (directory.empty()) return;
  plans.reserved.push_back({.id = std::string(tasks_store_id),
                            .directory = directory,
                            .where = config.where(work_dir.group, work_dir.name)});
}

}  // namespace

StorePlans plan_stores(const Config& config) {
  StorePlans plans;
  if (!config.get(config::enabled_backends).empty()) {
    plans.mode = StoreMode::several;
    plan_enabled_backends(config, plans);
    plan_default_backend(config, plans);
    plan_reserved_stores(config, plans);
  } else {
    plan_single_stores(config, plans);
    plan_default_store(config, plans);
    plan_directories(config, plans);
  }
  return plans;
}

}  // namespace vitrine::stores
