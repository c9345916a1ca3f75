#include "stores/drivers/swift/swift_driver.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "stores/driver_rules.h"
#include "stores/drivers/swift/swift_source.h"
#include "stores/drivers/swift/swift_writer.h"

namespace vitrine::stores {
namespace {

/// Accounts that locations bring with them; when there are more, logins are forgotten.
constexpr std::size_t most_accesses = 64;

Error unknown_account() {
  return Error(ErrorCode::invalid, "The data's location names no account that the swift store knows");
}

/// Whether the two are one server and one path there, whichever version of the identity API it names.
bool is_same_place(const fetch::Uri& one, const fetch::Uri& other) {
  const auto path = [](std::string target) {
    while (target.ends_with('/')) target.pop_back();
    return target;
  };
  return origin_of(one) == origin_of(other) && path(one.target) == path(other.target);
}

}  // namespace

/// The blobs of the store's own containers.
class SwiftDriver::OwnListing : public Listing {
 public:
  explicit OwnListing(SwiftDriver& driver) : driver_(driver) {}

  std::vector<std::string> list(const StoreCall& call) override {
    const auto access = driver_.place_of(new_swift_location(driver_.settings_, "any")).container.access;
    std::vector<std::string> blobs;
    for (const std::string& container : driver_.own_containers(call, access)) {
      const std::vector<std::string> names = driver_.blobs_.list(call, {access, container}, "");
      std::copy_if(names.begin(), names.end(), std::back_inserter(blobs),
                   [](const std::string& name) { return !is_swift_segment(name); });
    }
    return blobs;
  }

 private:
  SwiftDriver& driver_;
};

SwiftDriver::SwiftDriver(SwiftSettings settings)
    : settings_(std::move(settings)),
      login_(settings_),
      client_(settings_),
      blobs_(client_),
      listing_(std::make_unique<OwnListing>(*this)) {}

SwiftDriver::~SwiftDriver() = default;

Abilities SwiftDriver::abilities() const {
  Abilities abilities;
  abilities.listing = listing_.get();
  return abilities;
}

std::unique_ptr<BlobWriter> SwiftDriver::create(const StoreCall& call, const BlobName& name,
                                                std::optional<std::uint64_t> size) {
  check_blob_name(name);
  SwiftLocation location = new_swift_location(settings_, name.text);
  SwiftPlace place = place_of(location);
  require_container(call, place.container);
  blobs_.retry_clean_up();
  if (blobs_.find(call, place)) throw Error(ErrorCode::duplicate, "There is data of this name already");
  return std::make_unique<SwiftWriter>(blobs_, settings_.sizes, call, std::move(place), std::move(location),
                                       size);
}

std::unique_ptr<BlobReader> SwiftDriver::open(const StoreCall& call, const Location& location,
                                              ByteRange range) {
  auto source = std::make_unique<SwiftSource>(client_, call, place_of(parse_swift_location(location.uri)));
  return std::make_unique<ResumingReader>(std::move(source), range);
}

std::uint64_t SwiftDriver::size(const StoreCall& call, const Location& location) {
  const auto size = SwiftSource(client_, call, place_of(parse_swift_location(location.uri))).size();
  if (!size) throw Error(ErrorCode::unavailable, "Swift does not tell the size of the data");
  return *size;
}

void SwiftDriver::remove(const StoreCall& call, const Location& location) {
  const SwiftPlace place = place_of(parse_swift_location(location.uri));
  const auto object = blobs_.find(call, place);
  if (!object) throw Error(ErrorCode::not_found, "The image's data is not in its container");
  blobs_.remove(call, place, *object);
}

void SwiftDriver::discard(const StoreCall& call, const BlobName& name) {
  check_blob_name(name);
  const SwiftPlace place = place_of(new_swift_location(settings_, name.text));
  if (const auto object = blobs_.find(call, place)) blobs_.remove(call, place, *object);
  blobs_.remove_segments(call, place);
}

std::vector<std::string> SwiftDriver::own_containers(const StoreCall& call,
                                                     const std::shared_ptr<SwiftAccess>& access) {
  if (settings_.seed == 0) return {settings_.container};
  return blobs_.list(call, {access, ""}, settings_.container + "_");
}

/// The store's own account is logged in to as it is configured, whatever a location says of its key; so is
/// one that a location names by reference. Other accounts are those of the location.
SwiftPlace SwiftDriver::place_of(const SwiftLocation& location) {
  SwiftPlace place{{nullptr, location.container}, location.object};
  if (location.is_reference()) {
    const auto account = settings_.accounts.find(location.address);
    if (account == settings_.accounts.end()) throw unknown_account();
    place.container.access = access_to(account->second, SwiftServers::configured);
    return place;
  }
  const fetch::Uri address = fetch::parse_uri(location.web_address());
  for (const auto& [reference, account] : settings_.accounts) {
    const bool is_here = is_same_place(swift_auth_uri(account), address);
    const bool is_user = !location.keys || location.keys->user == account.user;
    if (!is_here || !is_user) continue;
    place.container.access = access_to(account, SwiftServers::configured);
    return place;
  }
  if (!location.keys) throw unknown_account();
  SwiftAccount account = settings_.accounts.at(settings_.reference);
  account.auth_address = location.web_address();
  account.user = location.keys->user;
  account.key = location.keys->key;
  account.credential_id.clear();
  try {
    check_swift_account(account);
  } catch (const Error&) {
    throw unknown_account();
  }
  place.container.access = access_to(account, SwiftServers::of_location);
  return place;
}

std::shared_ptr<SwiftAccess> SwiftDriver::access_to(const SwiftAccount& account, SwiftServers servers) {
  const std::string who = fmt::format("{}\n{}\n{}\n{}\n{}", account.auth_address, account.user, account.key,
                                      account.credential_id, static_cast<int>(servers));
  const std::lock_guard lock(mutex_);
  if (accesses_.size() > most_accesses) accesses_.clear();
  auto& access = accesses_[md5_hex(bytes_of(who))];
  if (!access) {
    access = std::make_shared<SwiftAccountAccess>(login_, account, servers, settings_.renewal_time);
  }
  return access;
}

void SwiftDriver::require_container(const StoreCall& call, const SwiftContainer& container) {
  {
    const std::lock_guard lock(mutex_);
    if (containers_.contains(container.name)) return;
  }
  const SwiftAnswer answer = client_.ask(call, container, {.method = fetch::Method::head});
  if (answer.status == 404 && settings_.creates_containers) {
    const SwiftAnswer made = client_.ask(call, container, {.method = fetch::Method::put});
    if (!made.is_good()) throw SwiftClient::error_of(made, container, "create the container itself");
  } else if (answer.status == 404) {
    throw Error(ErrorCode::storage_denied, fmt::format("The container {} does not exist. Create it, or set "
                                                       "swift_store_create_container_on_put.",
                                                       container.name));
  } else if (!answer.is_good()) {
    throw SwiftClient::error_of(answer, container, "write data");
  }
  const std::lock_guard lock(mutex_);
  containers_.insert(container.name);
}

std::unique_ptr<Driver> make_swift_driver(const config::Config& config, std::string_view group) {
  return std::make_unique<SwiftDriver>(read_swift_settings(config, group));
}

}  // namespace vitrine::stores
