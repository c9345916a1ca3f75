#include "stores/drivers/swift/swift_driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "stores/driver_rules.h"
#include "stores/drivers/http_statuses.h"
#include "stores/drivers/swift/swift_source.h"
#include "stores/drivers/swift/swift_writer.h"

namespace vitrine::stores {
namespace {

/// Accounts that locations bring with them; when there are more, logins are forgotten.
constexpr std::size_t most_accesses = 64;

/// Others than these would mean something in a list, such as everybody.
bool is_plain_id(std::string_view id) {
  const auto is_plain = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; };
  return !id.empty() && std::all_of(id.begin(), id.end(), is_plain);
}

std::string access_list(const std::vector<std::string>& project_ids) {
  std::vector<std::string> entries;
  for (const std::string& project_id : project_ids) {
    if (is_plain_id(project_id)) {
      entries.push_back(project_id + ":*");
    } else {
      log::warning("swift store: '{}' is no id of a project, so nobody of that name is let in", project_id);
    }
  }
  return join(entries, ",");
}

/// A list without entries is taken away, as a header without a value may get lost on its way.
fetch::Header list_header(const std::string& name, const std::string& list) {
  if (list.empty()) return {"X-Remove-" + name, "yes"};
  return {"X-" + name, list};
}

/// Whether the location is in an account that its caller, not the store, is let into.
bool is_in_project(const SwiftLocation& location) {
  return !location.keys && !location.is_reference();
}

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
    const auto access =
        driver_.place_in_account(new_swift_location(driver_.settings_, "any")).container.access;
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

/// The lists of the containers that projects have for blobs.
class SwiftDriver::ContainerLists : public AccessLists {
 public:
  explicit ContainerLists(SwiftDriver& driver) : driver_(driver) {}

  void let_read(const StoreCall& call, const Location& location, const BlobReaders& readers) override {
    const SwiftLocation parsed = parse_swift_location(location.uri);
    if (!is_in_project(parsed)) return;  // from the time when the store had an account for all
    const SwiftContainer container = driver_.place_of(call, parsed).container;
    const SwiftAnswer answer = driver_.client_.ask(
        call, container, {.method = fetch::Method::post, .headers = driver_.lists_for(readers)});
    if (!answer.is_good()) throw SwiftClient::error_of(answer, container, "say who may read");
  }

 private:
  SwiftDriver& driver_;
};

/// Takes the blob's container away again if nothing came of the blob.
class SwiftDriver::ProjectWriter : public BlobWriter {
 public:
  ProjectWriter(SwiftDriver& driver, SwiftPlace place, std::unique_ptr<BlobWriter> inner)
      : driver_(driver), place_(std::move(place)), inner_(std::move(inner)) {}
  ~ProjectWriter() override {
    inner_.reset();
    if (is_committed_) return;
    try {
      driver_.remove_container({.deadline = deadline_in(clean_up_time)}, place_);
    } catch (const Error& error) {
      log::warning("swift store: the container {} may be left: {}", place_.container.name, error.what());
    }
  }

  void write(Bytes bytes) override { inner_->write(bytes); }
  Location commit() override {
    Location location = inner_->commit();
    is_committed_ = true;
    return location;
  }

 private:
  SwiftDriver& driver_;
  const SwiftPlace place_;
  std::unique_ptr<BlobWriter> inner_;
  bool is_committed_ = false;
};

SwiftDriver::SwiftDriver(SwiftSettings settings)
    : settings_(std::move(settings)),
      login_(settings_),
      client_(settings_),
      blobs_(client_),
      projects_(settings_.is_multi_tenant
                    ? std::make_unique<SwiftProjects>(login_, settings_, service_access())
                    : nullptr),
      listing_(std::make_unique<OwnListing>(*this)),
      access_lists_(std::make_unique<ContainerLists>(*this)) {}

SwiftDriver::~SwiftDriver() = default;

Abilities SwiftDriver::abilities() const {
  Abilities abilities;
  if (projects_) {
    abilities.access_lists = access_lists_.get();
  } else {
    abilities.listing = listing_.get();
  }
  return abilities;
}

std::unique_ptr<BlobWriter> SwiftDriver::create(const StoreCall& call, const BlobName& name,
                                                std::optional<std::uint64_t> size) {
  check_blob_name(name);
  if (projects_) return create_in_project(call, name, size);
  SwiftLocation location = new_swift_location(settings_, name.text);
  SwiftPlace place = place_in_account(location);
  require_container(call, place.container);
  blobs_.retry_clean_up();
  if (blobs_.find(call, place)) throw swift_name_is_taken();
  return std::make_unique<SwiftWriter>(blobs_, settings_.sizes, call, std::move(place), std::move(location),
                                       size);
}

std::unique_ptr<BlobWriter> SwiftDriver::create_in_project(const StoreCall& call, const BlobName& name,
                                                           std::optional<std::uint64_t> size) {
  const auto access = projects_->own(call);
  SwiftLocation location = swift_location_in(access->pass(call)->storage, settings_, name.text);
  SwiftPlace place{{access, location.container}, location.object};
  blobs_.retry_clean_up();
  // Asked before the container's lists are written anew.
  if (blobs_.find(call, place)) throw swift_name_is_taken();
  const SwiftAnswer made =
      client_.ask(call, place.container, {.method = fetch::Method::put, .headers = lists_for({})});
  if (!made.is_good()) throw SwiftClient::error_of(made, place.container, "create the container itself");
  auto writer =
      std::make_unique<SwiftWriter>(blobs_, settings_.sizes, call, place, std::move(location), size);
  return std::make_unique<ProjectWriter>(*this, std::move(place), std::move(writer));
}

std::unique_ptr<BlobReader> SwiftDriver::open(const StoreCall& call, const Location& location,
                                              ByteRange range) {
  auto source =
      std::make_unique<SwiftSource>(client_, call, place_of(call, parse_swift_location(location.uri)));
  return std::make_unique<ResumingReader>(std::move(source), range);
}

std::uint64_t SwiftDriver::size(const StoreCall& call, const Location& location) {
  const auto size = SwiftSource(client_, call, place_of(call, parse_swift_location(location.uri))).size();
  if (!size) throw Error(ErrorCode::unavailable, "Swift does not tell the size of the data");
  return *size;
}

void SwiftDriver::remove(const StoreCall& call, const Location& location) {
  const SwiftLocation parsed = parse_swift_location(location.uri);
  const SwiftPlace place = place_of(call, parsed);
  const auto object = blobs_.find(call, place);
  if (!object) throw Error(ErrorCode::not_found, "The image's data is not in its container");
  blobs_.remove(call, place, *object);
  const bool is_its_own = parsed.container == fmt::format("{}_{}", settings_.container, parsed.object);
  if (projects_ && is_in_project(parsed) && is_its_own) remove_container(call, place);
}

/// What else is in it was put there by somebody else.
void SwiftDriver::remove_container(const StoreCall& call, const SwiftPlace& place) {
  const SwiftAnswer answer = client_.ask(call, place.container, {.method = fetch::Method::remove});
  if (answer.status == http_status::conflict) {
    log::warning("swift store: the container {} is left, as there is more in it than its image",
                 place.container.name);
  } else if (!answer.is_good() && answer.status != http_status::not_found) {
    throw SwiftClient::error_of(answer, place.container, "remove the container itself");
  }
}

std::vector<fetch::Header> SwiftDriver::lists_for(const BlobReaders& readers) const {
  std::vector<std::string> all = settings_.admin_projects;
  all.insert(all.end(), readers.project_ids.begin(), readers.project_ids.end());
  return {list_header("Container-Read", readers.is_everybody ? "*:*" : access_list(all)),
          list_header("Container-Write", access_list(settings_.admin_projects))};
}

void SwiftDriver::discard(const StoreCall& call, const BlobName& name) {
  check_blob_name(name);
  if (projects_) return discard_in_project(call, name);
  const SwiftPlace place = place_in_account(new_swift_location(settings_, name.text));
  if (const auto object = blobs_.find(call, place)) blobs_.remove(call, place, *object);
  blobs_.remove_segments(call, place);
}

/// Without a token nobody knows in whose account it is.
void SwiftDriver::discard_in_project(const StoreCall& call, const BlobName& name) {
  const bool has_token = call.caller != nullptr && !call.caller->token.empty();
  if (!has_token) {
    log::warning(
        "swift store: what an upload left of image {} stays in its project's account, in the container "
        "{}_{}, "
        "until it is uploaded again or somebody removes it",
        name.text, settings_.container, name.text);
    return;
  }
  const auto access = projects_->own(call);
  const SwiftPlace place{{access, fmt::format("{}_{}", settings_.container, name.text)}, name.text};
  if (const auto object = blobs_.find(call, place)) blobs_.remove(call, place, *object);
  blobs_.remove_segments(call, place);
  remove_container(call, place);
}

std::vector<std::string> SwiftDriver::own_containers(const StoreCall& call,
                                                     const std::shared_ptr<SwiftAccess>& access) {
  if (settings_.seed == 0) return {settings_.container};
  return blobs_.list(call, {access, ""}, settings_.container + "_");
}

SwiftPlace SwiftDriver::place_of(const StoreCall& call, const SwiftLocation& location) {
  if (!projects_ || !is_in_project(location)) return place_in_account(location);
  const auto access = projects_->at(call, fetch::parse_uri(location.web_address()));
  return {{access, location.container}, location.object};
}

/// The store's own account is logged in to as it is configured, whatever a location says of its key; so is
/// one that a location names by reference. Other accounts are those of the location.
SwiftPlace SwiftDriver::place_in_account(const SwiftLocation& location) {
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
  const auto own = settings_.accounts.find(settings_.reference);
  SwiftAccount account = own != settings_.accounts.end() ? own->second : SwiftAccount{};
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

/// Null if there is no account that is the service's.
std::shared_ptr<SwiftAccess> SwiftDriver::service_access() {
  const auto own = settings_.accounts.find(settings_.reference);
  if (own == settings_.accounts.end()) return nullptr;
  return access_to(own->second, SwiftServers::configured);
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
  if (answer.status == http_status::not_found && settings_.creates_containers) {
    const SwiftAnswer made = client_.ask(call, container, {.method = fetch::Method::put});
    if (!made.is_good()) throw SwiftClient::error_of(made, container, "create the container itself");
  } else if (answer.status == http_status::not_found) {
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
