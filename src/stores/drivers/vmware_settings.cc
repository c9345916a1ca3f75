#include "stores/drivers/vmware_settings.h"

#include <fmt/format.h>

#include <string>

#include "base/text.h"
#include "stores/drivers/option_checks.h"

namespace vitrine::stores {
namespace {

/// `datacenter:datastore` without the weight that may follow.
std::string datastore_of(const std::string& text) {
  const auto last = text.rfind(':');
  const bool has_weight = last != std::string::npos && text.find(':') != last;
  return has_weight ? text.substr(0, last) : text;
}

std::string folder_of(const std::string& text) {
  std::string folder = "/" + std::string(trim(text));
  while (folder.ends_with('/')) folder.pop_back();
  while (folder.starts_with("//")) folder.erase(0, 1);
  return folder;
}

}  // namespace

OptionList vmware_options() {
  return {&vmware_server_host, &vmware_server_username, &vmware_server_password, &vmware_store_image_dir,
          &vmware_datastores};
}

std::vector<config::Finding> check_vmware_settings(const config::Config& config, std::string_view group) {
  std::vector<config::Finding> findings = missing_options(
      config, group, "vmware", {&vmware_server_host, &vmware_server_username, &vmware_server_password});
  if (config.get(vmware_datastores, group).values.empty()) {
    findings.push_back(config.find_group(group).value_or(config::Finding{}));
    findings.back().message = fmt::format(
        "[{}] A store of type vmware needs vmware_datastores. Name one, as datacenter:datastore.", group);
  }
  return findings;
}

std::vector<Place> vmware_places(const config::Config& config, std::string_view group) {
  const std::string host = to_lower(config.get(vmware_server_host, group).value_or(""));
  const std::string folder = folder_of(config.get(vmware_store_image_dir, group));
  std::vector<Place> places;
  for (const std::string& text : config.get(vmware_datastores, group).values) {
    const std::string datastore = datastore_of(text);
    places.push_back(
        {.shown = fmt::format("the folder {} of the datastore {} at {}", folder, datastore, host),
         .option = vmware_datastores.name,
         .names = {fmt::format("vmware {} {} {}", host, datastore, folder)},
         .around = {}});
  }
  return places;
}

}  // namespace vitrine::stores
