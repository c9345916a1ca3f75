#include "images/quota.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <limits>
#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace vitrine::images {
namespace {

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

constexpr std::array<std::pair<std::string_view, unsigned>, 5> units{
    {{"KB", 10}, {"MB", 20}, {"GB", 30}, {"TB", 40}, {"B", 0}}};  // "B" last: the others end in it

/// What is left of a limit.
std::uint64_t rest(std::uint64_t limit, std::initializer_list<std::uint64_t> taken) {
  for (const std::uint64_t part : taken) limit -= std::min(limit, part);
  return limit;
}

bool fits(std::uint64_t size, std::size_t copies, std::uint64_t room) {
  return copies == 0 || size <= room / copies;
}

}  // namespace

std::optional<std::uint64_t> parse_storage_quota(std::string_view text) {
  unsigned shift = 0;
  for (const auto& [unit, bits] : units) {
    if (!text.ends_with(unit)) continue;
    text.remove_suffix(unit.size());
    shift = bits;
    break;
  }
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return {};
  const std::uint64_t number = parse_unsigned(text).value_or(most);
  return number > most >> shift ? most : number << shift;
}

std::optional<std::uint64_t> StorageQuota::limit(const model::Project&, model::Quantity quantity) const {
  if (quantity != model::Quantity::stored_bytes || bytes_ == 0) return {};
  return bytes_;
}

std::string StorageQuota::refusal(const Excess& excess) const {
  if (excess.wanted == 0) {
    return fmt::format(
        "The project's storage quota of {} bytes is used up. Delete images that are not needed.",
        excess.limit);
  }
  const std::string times = excess.copies == 1 ? "" : fmt::format(" in {} locations", excess.copies);
  return fmt::format(
      "The image exceeds the project's storage quota: it has {} bytes{}, and {} of {} are left. Delete "
      "images that are not needed.",
      excess.wanted, times, rest(excess.limit, {excess.used}), excess.limit);
}

void Quotas::refuse(const Excess& excess) const {
  throw Error(ErrorCode::limit_exceeded, limits_.refusal(excess));
}

std::vector<ProjectUsage> Quotas::usage(const model::Project& project) const {
  std::vector<ProjectUsage> all;
  const std::vector<ShownLimit> limits = limits_.shown(project);
  for (const ShownLimit& limit : limits) {
    const std::uint64_t usage = catalog_.count({.quantity = limit.quantity, .project = project});
    all.push_back({limit, usage / limit.unit});
  }
  return all;
}

std::optional<std::uint64_t> Quotas::storage_limit(const model::Project& project) const {
  return limits_.limit(project, model::Quantity::stored_bytes);
}

std::uint64_t Quotas::reserved(const model::Project& project) const {
  const std::lock_guard lock(mutex_);
  const auto account = accounts_.find(project);
  return account == accounts_.end() ? 0 : account->second.reserved;
}

Reservation::Reservation(Quotas& quotas, model::Project project, std::string image_id)
    : quotas_(quotas),
      project_(std::move(project)),
      image_id_(std::move(image_id)),
      limit_(quotas.storage_limit(project_)) {
  if (!limit_) return;
  const std::lock_guard lock(quotas_.mutex_);
  account_ = &quotas_.accounts_[project_];
  ++account_->reservations;
}

Reservation::~Reservation() {
  if (!limit_) return;
  const std::lock_guard lock(quotas_.mutex_);
  account_->reserved -= reserved_;
  if (--account_->reservations == 0) quotas_.accounts_.erase(project_);
}

/// What is settled meanwhile may be in the count already or not: taken as not settled before, it counts once
/// at most, so that nobody is refused for it. The condition counts exactly.
void Reservation::count_usage() {
  const std::uint64_t usage = quotas_.catalog_.count({.project = project_, .left_out = image_id_});
  const std::lock_guard lock(quotas_.mutex_);
  usage_ = usage;
  settled_before_ = account_->settled;
}

/// Called under the lock.
std::uint64_t Reservation::room_for_this() {
  return rest(*limit_, {*usage_, account_->settled - settled_before_, account_->reserved - reserved_});
}

void Reservation::require_some_room() {
  if (!limit_) return;
  count_usage();
  const std::lock_guard lock(quotas_.mutex_);
  if (room_for_this() == 0) refuse(0, 0);
}

void Reservation::refuse(std::uint64_t size, std::uint64_t room, std::size_t copies) const {
  quotas_.refuse(
      {.project = project_, .limit = *limit_, .used = *limit_ - room, .wanted = size, .copies = copies});
}

void Reservation::grow_to(std::uint64_t bytes) {
  if (!limit_ || bytes <= reserved_) return;
  if (usage_ && try_grow_to(bytes)) return;
  count_usage();  // images may have been deleted since
  if (try_grow_to(bytes)) return;
  const std::lock_guard lock(quotas_.mutex_);
  refuse(bytes, room_for_this());
}

bool Reservation::try_grow_to(std::uint64_t bytes) {
  const std::lock_guard lock(quotas_.mutex_);
  if (bytes > room_for_this()) return false;
  account_->reserved += bytes - reserved_;
  reserved_ = bytes;
  return true;
}

void Reservation::settle(const model::Image& after, const catalog::Counter& count) {
  if (!limit_) return;
  const std::uint64_t size = after.size.value_or(0);
  const std::uint64_t room = rest(*limit_, {count({.project = project_, .left_out = image_id_})});
  if (!fits(size, after.locations.size(), room)) refuse(size, room, after.locations.size());
  const std::lock_guard lock(quotas_.mutex_);
  account_->reserved -= std::exchange(reserved_, 0);
  if (after.owner != project_) return;
  // The change may be tried twice.
  account_->settled -= std::exchange(settled_, size * after.locations.size());
  account_->settled += settled_;
}

CountQuota::CountQuota(const Quotas& quotas, model::Project project, model::Quantity quantity)
    : quotas_(quotas),
      project_(std::move(project)),
      quantity_(quantity),
      limit_(quotas.limits_.limit(project_, quantity)) {}

void CountQuota::check(const model::Image& after, const catalog::Counter& count) const {
  if (!limit_) return;
  const std::uint64_t used = count({.quantity = quantity_, .project = project_, .left_out = after.id});
  if (used >= *limit_) {
    quotas_.refuse({.project = project_, .quantity = quantity_, .limit = *limit_, .used = used, .wanted = 1});
  }
}

StagedQuota::StagedQuota(const Quotas& quotas, model::Project project)
    : quotas_(quotas),
      project_(std::move(project)),
      limit_(quotas.limits_.limit(project_, model::Quantity::staged_bytes)) {}

void StagedQuota::check(const model::Image& after, std::uint64_t bytes, const catalog::Counter& count) const {
  if (!limit_) return;
  const model::Quantity quantity = model::Quantity::staged_bytes;
  const std::uint64_t used = count({.quantity = quantity, .project = project_, .left_out = after.id});
  if (used <= *limit_ && bytes <= *limit_ - used) return;
  quotas_.refuse(
      {.project = project_, .quantity = quantity, .limit = *limit_, .used = used, .wanted = bytes});
}

void LocationQuota::prepare() {
  if (std::exchange(is_prepared_, true)) return;
  if (quotas_.limits_.given_locations() == GivenLocations::unbound) return;
  limit_ = quotas_.storage_limit(project_);
}

void LocationQuota::check(const model::Image& before, const model::Image& after, LocationChange change,
                          const catalog::Counter& count) const {
  if (!limit_ || change == LocationChange::none) return;
  const std::size_t added =
      after.locations.size() - std::min(before.locations.size(), after.locations.size());
  if (added == 0 && change == LocationChange::some) return;
  const bool counts_all = change == LocationChange::all || after.owner == project_;
  const std::size_t copies = counts_all ? after.locations.size() : added;
  const std::uint64_t room =
      rest(*limit_, {count({.project = project_, .left_out = after.id}), quotas_.reserved(project_)});
  const std::uint64_t size = after.size.value_or(0);
  if (fits(size, copies, room)) return;
  quotas_.refuse(
      {.project = project_, .limit = *limit_, .used = *limit_ - room, .wanted = size, .copies = copies});
}

}  // namespace vitrine::images
