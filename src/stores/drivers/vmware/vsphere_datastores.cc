#include "stores/drivers/vmware/vsphere_datastores.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "stores/drivers/vmware/vsphere_errors.h"

namespace vitrine::stores {
namespace {

std::string name_of(const VmwareDatastore& datastore) {
  return fmt::format("{}:{}", datastore.datacenter, datastore.name);
}

const VsphereDatastore* find_named(const std::vector<VsphereDatastore>& datastores, const std::string& name) {
  const auto found = std::find_if(datastores.begin(), datastores.end(),
                                  [&](const VsphereDatastore& each) { return each.name == name; });
  return found == datastores.end() ? nullptr : &*found;
}

}  // namespace

void VsphereDatastores::require_all(const StoreCall& call) {
  std::vector<std::string> missing;
  find(call, missing);
  if (missing.empty()) return;
  throw Error(ErrorCode::configuration,
              fmt::format("vmware_datastores: {} has no {} that the store's user can see", session_.name(),
                          join(missing, ", ")));
}

std::vector<DatastoreState> VsphereDatastores::usable(const StoreCall& call) {
  std::vector<std::string> missing;
  std::vector<DatastoreState> states = find(call, missing);
  std::erase_if(states, [&](const DatastoreState& state) {
    if (!state.details.is_accessible) missing.push_back(name_of(state.configured));
    return !state.details.is_accessible;
  });
  if (!missing.empty()) {
    log::warning("vmware store: at {} these datastores are missing or not accessible: {}", session_.name(),
                 join(missing, ", "));
  }
  return states;
}

std::optional<VsphereObject> VsphereDatastores::datacenter(const StoreCall& call, const std::string& path) {
  const VsphereAnswer answer =
      session_.call(call, [&](const VsphereServices& services) { return ask_for_object_at(services, path); });
  if (answer.fault) throw error_of(*answer.fault, {session_.name(), "look for the datacenter " + path});
  return parse_object(answer.document);
}

std::vector<DatastoreState> VsphereDatastores::find(const StoreCall& call,
                                                    std::vector<std::string>& missing) {
  struct Datacenter {
    VsphereObject object;
    std::vector<VsphereDatastore> datastores;
  };
  std::map<std::string, Datacenter> datacenters;  // each is asked once
  std::vector<DatastoreState> states;
  for (const VmwareDatastore& wanted : configured_) {
    const auto [place, is_new] = datacenters.try_emplace(wanted.datacenter);
    Datacenter& datacenter = place->second;
    if (is_new) datacenter.object = this->datacenter(call, wanted.datacenter).value_or(VsphereObject());
    if (is_new && !datacenter.object.id.empty())
      datacenter.datastores = datastores_of(call, datacenter.object);
    if (const VsphereDatastore* found = find_named(datacenter.datastores, wanted.name)) {
      states.push_back({wanted, datacenter.object, *found});
    } else {
      missing.push_back(name_of(wanted));
    }
  }
  return states;
}

std::vector<VsphereDatastore> VsphereDatastores::datastores_of(const StoreCall& call,
                                                               const VsphereObject& datacenter) {
  const VspherePurpose purpose{session_.name(), "tell its datastores"};
  VsphereAnswer answer = session_.call(
      call, [&](const VsphereServices& services) { return ask_for_datastores(services, datacenter); },
      VsphereSession::Empty::is_odd);
  if (answer.fault) throw error_of(*answer.fault, purpose);
  VsphereDatastoreList page = parse_datastores(answer.document);
  std::vector<VsphereDatastore> all = std::move(page.datastores);
  while (!page.token.empty()) {
    answer = session_.call(
        call, [&](const VsphereServices& services) { return ask_for_more(services, page.token); });
    if (answer.fault) throw error_of(*answer.fault, purpose);
    page = parse_datastores(answer.document);
    std::move(page.datastores.begin(), page.datastores.end(), std::back_inserter(all));
  }
  return all;
}

const DatastoreState& choose_datastore(const std::vector<DatastoreState>& datastores, std::uint64_t size) {
  if (datastores.empty()) {
    throw Error(
        ErrorCode::storage_denied,
        "None of the store's datastores can be used now. Check vmware_datastores at the vSphere server.");
  }
  const std::uint64_t needed = std::max<std::uint64_t>(size, 1);
  const auto fits = [&](const DatastoreState& state) { return state.details.free >= needed; };
  const auto is_worse = [&](const DatastoreState& a, const DatastoreState& b) {
    const auto rank = [&](const DatastoreState& state) {
      return std::tuple(fits(state), state.configured.weight, state.details.free);
    };
    return rank(a) < rank(b);
  };
  const auto best = std::max_element(datastores.begin(), datastores.end(), is_worse);
  if (fits(*best)) return *best;
  throw Error(ErrorCode::storage_full,
              size > 0 ? fmt::format("No datastore of the store has room for {} bytes", size)
                       : std::string("No datastore of the store has any room"));
}

}  // namespace vitrine::stores
