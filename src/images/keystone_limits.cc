#include "images/keystone_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <memory>
#include <string_view>

namespace vitrine::images {
namespace {

using model::Quantity;

constexpr std::uint64_t mib = std::uint64_t{1} << 20;

struct Resource {
  std::string_view name;
  Quantity quantity;
  std::uint64_t unit;
};

constexpr Resource limited_resources[] = {
    {"image_size_total", Quantity::stored_bytes, mib},
    {"image_stage_total", Quantity::staged_bytes, mib},
    {"image_count_total", Quantity::images, 1},
    {"image_count_uploading", Quantity::images_under_way, 1},
};

const Resource& resource_of(Quantity quantity) {
  return *std::find_if(std::begin(limited_resources), std::end(limited_resources),
                       [&](const Resource& resource) { return resource.quantity == quantity; });
}

std::int64_t value_of(const keystone::Limits& limits, std::string_view name) {
  const auto found = limits.find(name);
  return found == limits.end() ? 0 : found->second;
}

/// The most that rounds down to the limit; nothing at all if it is negative.
std::uint64_t most_within(std::int64_t limit, std::uint64_t unit) {
  if (limit < 0) return 0;
  const auto count = static_cast<std::uint64_t>(limit);
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  return count >= most / unit ? most : count * unit + (unit - 1);
}

std::uint64_t rounded_up(std::uint64_t amount, std::uint64_t unit) {
  return amount / unit + (amount % unit == 0 ? 0 : 1);
}

}  // namespace

std::optional<std::uint64_t> KeystoneLimits::limit(const model::Project& project, Quantity quantity) const {
  const Resource& resource = resource_of(quantity);
  const std::shared_ptr<const keystone::Limits> limits = reader_.limits(project);
  return most_within(value_of(*limits, resource.name), resource.unit);
}

/// In Glance's words.
std::string KeystoneLimits::refusal(const Excess& excess) const {
  const Resource& resource = resource_of(excess.quantity);
  return fmt::format(
      "Project {} is over a limit for [Resource {} is over limit of {} due to current usage {} and delta {}]",
      excess.project.value_or("None"), resource.name, excess.limit / resource.unit,
      excess.used / resource.unit, rounded_up(excess.wanted, resource.unit) * excess.copies);
}

std::vector<ShownLimit> KeystoneLimits::shown(const model::Project& project) const {
  const std::shared_ptr<const keystone::Limits> limits = reader_.limits(project);
  std::vector<ShownLimit> all;
  for (const Resource& resource : limited_resources) {
    all.push_back({.name = std::string(resource.name),
                   .quantity = resource.quantity,
                   .unit = resource.unit,
                   .limit = value_of(*limits, resource.name)});
  }
  return all;
}

}  // namespace vitrine::images
