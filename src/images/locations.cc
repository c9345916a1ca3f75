#include "images/locations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

#include "base/error.h"
#include "base/log.h"
#include "images/images.h"
#include "images/validation_data.h"
#include "stores/driver_rules.h"

namespace vitrine::images {
namespace {

constexpr std::chrono::seconds look_time{60};  // for asking a store what lies at a location

// They name files of this machine, and accounts of this service: not a client's to point at.
constexpr std::array<std::string_view, 3> closed_schemes{"file", "filesystem", "swift+config"};

[[noreturn]] void refuse(ErrorCode code, const std::string& message) {
  throw Error(code, message);
}

void require_open_for_locations(const model::Image& image) {
  using model::ImageStatus;
  if (image.status == ImageStatus::queued || image.status == ImageStatus::active) return;
  refuse(ErrorCode::conflict, fmt::format("An image takes locations while it is queued or active; it is {}.",
                                          to_string(image.status)));
}

void require_quota(std::size_t count, std::int64_t quota) {
  if (quota < 0 || static_cast<std::int64_t>(count) <= quota) return;
  refuse(ErrorCode::limit_exceeded,
         fmt::format("An image may have at most {} locations; this one would have {}.", quota, count));
}

void require_not_there(const model::Image& image, const stores::Location& location) {
  const bool is_there = std::any_of(image.locations.begin(), image.locations.end(),
                                    [&](const auto& row) { return row.location == location; });
  if (is_there) refuse(ErrorCode::invalid, "The image has this location already.");
}

/// A location as it is stored: with the name of the store that its URI is of, whatever the client wrote.
/// Where the URI does not tell, the client's word counts.
stores::Location labelled(const stores::StoreSet& stores, const stores::Location& given,
                          const stores::RecognizedLocations& recognized = {}) {
  stores::Location location = given;
  location.metadata.erase("store");
  correct_legacy(location, stores, recognized);
  if (location.metadata.contains("store")) return location;
  return {std::move(location.uri), given.metadata};
}

bool reads(const stores::Store& store, std::string_view scheme) {
  const auto& schemes = store.traits().schemes;
  return std::find(schemes.begin(), schemes.end(), scheme) != schemes.end();
}

stores::Store& store_of(const stores::StoreSet& stores, const stores::Location& location) {
  const std::string scheme = stores::split_uri(location.uri).scheme;
  if (std::find(closed_schemes.begin(), closed_schemes.end(), scheme) != closed_schemes.end()) {
    refuse(ErrorCode::invalid, fmt::format("Locations of scheme {} cannot be given by clients.", scheme));
  }
  stores::Store* store = stores.holding(location);
  const bool is_known = store && reads(*store, scheme);
  const bool is_named = !stores.has_several() || location.metadata.contains("store");
  if (!is_known || !is_named) refuse(ErrorCode::invalid, "No store of this service reads this location.");
  return *store;
}

/// Asks the store. Whatever it says against the location is the client's to put right.
std::uint64_t size_of(const stores::Store& store, const stores::StoreCall& call,
                      const stores::Location& location) {
  std::uint64_t size = 0;
  try {
    size = store.driver().size(call, location);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) throw;
    log::warning("Store {} cannot read a location that a client gives: {}", store.id(), error.what());
    const bool is_secret = error.code() == ErrorCode::internal;
    refuse(ErrorCode::invalid, fmt::format("Store {} cannot read this location{}", store.id(),
                                           is_secret ? "." : fmt::format(": {}", error.what())));
  }
  if (size == 0) refuse(ErrorCode::invalid, "There is no data at this location.");
  return size;
}

/// The image has data now.
void activate(model::Image& image, std::uint64_t size) {
  if (image.status == model::ImageStatus::queued) change_status(image, model::ImageStatus::active);
  if (!image.size) image.size = size;
}

model::ImageLocation new_row(stores::Location location) {
  model::ImageLocation row;
  row.location = std::move(location);
  return row;
}

}  // namespace

fetch::Reach reach_of(const stores::Location& location, const fetch::Admission& admission) {
  const std::string scheme = stores::split_uri(location.uri).scheme;
  if (scheme != "http" && scheme != "https") return {};
  return admission.admit(fetch::parse_uri(location.uri));
}

void require_possible(const stores::StoreSet& stores, const fetch::Admission& admission,
                      const stores::Location& given) {
  const stores::Location location = labelled(stores, given);
  reach_of(location, admission);
  store_of(stores, location);
}

std::vector<model::ImageLocation> shown_locations(const stores::StoreSet& stores, const model::Image& image,
                                                  const model::Caller& caller) {
  if (image.status == model::ImageStatus::deactivated && !caller.is_admin) return {};
  std::vector<model::ImageLocation> rows = image.locations;
  std::erase_if(rows, [](const auto& row) { return row.status != model::location_status::active; });
  return stores.ordered(std::move(rows));
}

LocationEditor::LocationEditor(const stores::StoreSet& stores, const fetch::Admission& admission,
                               const Limits& limits, const model::Caller& caller, std::stop_token stop)
    : stores_(stores),
      admission_(admission),
      limits_(limits),
      call_{.caller = &caller, .deadline = deadline_in(look_time), .stop = std::move(stop)} {}

void LocationEditor::add(model::Image& image, const GivenLocation& given, std::size_t position) {
  require_open_for_locations(image);
  change_ = std::max(change_, LocationChange::some);
  apply_validation_data(image, {given}, limits_.hash_algorithm);
  const Offer offer = ask_for_one_more(image, given.location);
  auto before = image.locations.end();
  if (position < image.locations.size()) {
    before = std::find(image.locations.begin(), image.locations.end(), shown_at(image, position));
  }
  image.locations.insert(before, new_row(offer.location));
  activate(image, offer.size);
}

void LocationEditor::append(model::Image& image, const stores::Location& given) {
  change_ = std::max(change_, LocationChange::some);
  const Offer offer = ask_for_one_more(image, given);
  image.locations.push_back(new_row(offer.location));
  image.size = offer.size;
}

void LocationEditor::replace(model::Image& image, const std::vector<GivenLocation>& given) {
  require_open_for_locations(image);
  change_ = LocationChange::all;
  if (given.empty()) refuse(ErrorCode::forbidden, "An image's locations cannot be taken away all at once.");
  apply_validation_data(image, given, limits_.hash_algorithm);
  require_quota(given.size(), limits_.locations);
  if (image.locations.empty()) {
    fill(image, given);
  } else if (auto rows = rearranged(image, given)) {
    image.locations = *std::move(rows);
  } else {
    refuse(ErrorCode::invalid,
           "Locations can be replaced only by the same ones in another order or with other metadata. Add and "
           "remove single ones instead.");
  }
}

void LocationEditor::remove(model::Image& image, std::optional<std::size_t> position) const {
  if (image.status != model::ImageStatus::active) {
    refuse(ErrorCode::conflict, fmt::format("Locations are removed from active images only; this one is {}.",
                                            to_string(image.status)));
  }
  if (image.locations.size() == 1) {
    refuse(ErrorCode::forbidden,
           "The last location of an image cannot be removed. Delete the image instead.");
  }
  if (!position || *position >= image.locations.size()) {
    refuse(ErrorCode::invalid, "The image has no location at this position.");
  }
  const model::ImageLocation leaving = shown_at(image, *position);
  image.locations.erase(std::find(image.locations.begin(), image.locations.end(), leaving));
}

/// Clients count as locations are shown to them.
model::ImageLocation LocationEditor::shown_at(const model::Image& image, std::size_t position) const {
  return stores_.ordered(image.locations)[position];
}

LocationEditor::Offer LocationEditor::ask_for_one_more(const model::Image& image,
                                                       const stores::Location& given) {
  require_quota(image.locations.size() + 1, limits_.locations);
  Offer offer = ask(given);
  require_not_there(image, offer.location);
  return offer;
}

LocationEditor::Offer LocationEditor::ask(const stores::Location& given) {
  const auto known =
      std::find_if(offers_.begin(), offers_.end(), [&](const Offer& offer) { return offer.given == given; });
  if (known != offers_.end()) return *known;
  if (is_held_) {
    refuse(ErrorCode::conflict, "The image's locations were changed by somebody else. Look and try again.");
  }
  const auto recognized = stores::recognize(call_, given, stores_);
  Offer offer{.given = given, .location = labelled(stores_, given, recognized)};
  stores::StoreCall call = call_;
  call.reach = reach_of(offer.location, admission_);
  offer.size = size_of(store_of(stores_, offer.location), call, offer.location);
  offers_.push_back(offer);
  return offer;
}

void LocationEditor::fill(model::Image& image, const std::vector<GivenLocation>& given) {
  for (const GivenLocation& one : given) {
    const Offer offer = ask(one.location);
    require_not_there(image, offer.location);
    image.locations.push_back(new_row(offer.location));
    activate(image, offer.size);
  }
}

/// The image's rows as `given` orders and describes them; nothing if those are not the same URIs. A client
/// sends back what it was shown, so a URI may come without the keys that the stored one has.
std::optional<std::vector<model::ImageLocation>> LocationEditor::rearranged(
    const model::Image& image, const std::vector<GivenLocation>& given) const {
  std::vector<model::ImageLocation> left = image.locations;
  std::vector<model::ImageLocation> rows;
  for (const GivenLocation& one : given) {
    const std::string& uri = one.location.uri;
    const auto found = std::find_if(left.begin(), left.end(), [&](const model::ImageLocation& row) {
      return row.location.uri == uri || stores::without_credentials(row.location.uri) == uri;
    });
    if (found == left.end()) return {};
    rows.push_back(*found);
    rows.back().location = labelled(stores_, {found->location.uri, one.location.metadata});
    left.erase(found);
  }
  if (!left.empty()) return {};
  return rows;
}

}  // namespace vitrine::images
