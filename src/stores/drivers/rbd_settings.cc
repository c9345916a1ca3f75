#include "stores/drivers/rbd_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <filesystem>
#include <fstream>
#include <map>

#include "base/text.h"
#include "stores/drivers/rbd_location.h"

namespace vitrine::stores {
namespace {

/// Ceph's own search path has more entries, for containers and for users; this is the one that packages fill.
constexpr std::string_view usual_ceph_conf = "/etc/ceph/ceph.conf";

/// Names in ceph.conf may have blanks, dashes or underscores between their words.
std::string ceph_key(std::string_view name) {
  std::string key(trim(name));
  std::replace_if(
      key.begin(), key.end(), [](char c) { return c == ' ' || c == '-'; }, '_');
  return key;
}

/// The values in the section [global]. A file that cannot be read has none: whether it can is seen when the
/// store is opened.
std::map<std::string, std::string> read_global_section(const std::string& file) {
  std::map<std::string, std::string> values;
  std::ifstream lines(file);
  bool is_global = false;
  for (std::string line; std::getline(lines, line);) {
    const std::string_view text = trim(std::string_view(line).substr(0, line.find_first_of("#;")));
    if (text.starts_with('[')) is_global = text == "[global]";
    const auto equals = text.find('=');
    if (!is_global || equals == std::string_view::npos) continue;
    values[ceph_key(text.substr(0, equals))] = trim(text.substr(equals + 1));
  }
  return values;
}

std::string ceph_conf_of(const config::Config& config, std::string_view group) {
  const std::string named = config.get(rbd_store_ceph_conf, group);
  return named.empty() ? std::string(usual_ceph_conf) : named;
}

/// As ceph.conf says; empty if it does not.
std::string fsid_of(const config::Config& config, std::string_view group) {
  auto values = read_global_section(ceph_conf_of(config, group));
  return values["fsid"];
}

}  // namespace

OptionList rbd_options() {
  return {&rbd_store_pool,      &rbd_store_ceph_conf,   &rbd_store_chunk_size, &rbd_store_user,
          &rbd_store_data_pool, &rados_connect_timeout, &rbd_thin_provisioning};
}

RbdSettings read_rbd_settings(const config::Config& config, std::string_view group) {
  const auto chunk_size = static_cast<std::uint64_t>(config.get(rbd_store_chunk_size, group)) << 20;
  return {.pool = config.get(rbd_store_pool, group),
          .data_pool = config.get(rbd_store_data_pool, group),
          .user = config.get(rbd_store_user, group).value_or(""),
          .ceph_conf = config.get(rbd_store_ceph_conf, group),
          .timeout = std::chrono::seconds(config.get(rados_connect_timeout, group)),
          .object_size = std::bit_floor(chunk_size),
          .is_thin = config.get(rbd_thin_provisioning, group)};
}

std::vector<config::Finding> check_rbd_settings(const config::Config&, std::string_view) {
  return {};  // every option has a default
}

std::string rbd_place_name(std::string_view cluster, std::string_view pool) {
  return fmt::format("rbd {} {}", cluster, pool);
}

std::vector<Place> rbd_places(const config::Config& config, std::string_view group) {
  const std::string pool = config.get(rbd_store_pool, group);
  const std::string file = ceph_conf_of(config, group);
  std::error_code ignored;
  Place place{.shown = fmt::format("the pool {} of the cluster of {}", pool, file),
              .option = rbd_store_pool.name,
              .names = {rbd_place_name(std::filesystem::weakly_canonical(file, ignored).string(), pool)},
              .around = {}};
  const auto values = read_global_section(file);
  for (const char* key : {"fsid", "mon_host"}) {
    if (const auto value = values.find(key); value != values.end() && !value->second.empty())
      place.names.push_back(rbd_place_name(value->second, pool));
  }
  return {place};
}

std::vector<std::string> rbd_uri_prefixes(const config::Config& config, std::string_view group) {
  const std::string fsid = fsid_of(config, group);
  if (fsid.empty()) return {"rbd://"};
  return {rbd_uri_prefix(fsid, config.get(rbd_store_pool, group))};
}

boost::json::object rbd_properties(const config::Config& config, std::string_view group) {
  const std::string fsid = fsid_of(config, group);
  boost::json::object properties{{"chunk_size", config.get(rbd_store_chunk_size, group) << 20},
                                 {"pool", config.get(rbd_store_pool, group)},
                                 {"thin_provisioning", config.get(rbd_thin_provisioning, group)}};
  if (!fsid.empty()) properties["fsid"] = fsid;
  return properties;
}

}  // namespace vitrine::stores
