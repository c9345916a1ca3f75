#include "imports/methods/glance_download.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <chrono>

#include "base/error.h"
#include "base/ids.h"
#include "imports/job.h"
#include "keystone/service_catalog.h"

namespace vitrine::imports {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_document = std::size_t{4} << 20;  // bytes
constexpr std::chrono::minutes look_time{2};

/// What a document holds beside an image's properties.
constexpr std::string_view attributes[] = {"checksum",
                                           "container_format",
                                           "created_at",
                                           "direct_url",
                                           "disk_format",
                                           "file",
                                           "id",
                                           "locations",
                                           "min_disk",
                                           "min_ram",
                                           "name",
                                           "os_hash_algo",
                                           "os_hash_value",
                                           "os_hidden",
                                           "owner",
                                           "protected",
                                           "schema",
                                           "self",
                                           "size",
                                           "status",
                                           "stores",
                                           "tags",
                                           "updated_at",
                                           "virtual_size",
                                           "visibility"};

bool is_property(std::string_view name) {
  if (name.starts_with(model::reserved_property_prefix)) return false;
  return std::find(std::begin(attributes), std::end(attributes), name) == std::end(attributes);
}

Error bad_wish(const std::string& what) {
  return Error(ErrorCode::invalid, "glance-download: " + what);
}

std::string interface_of(const ImportWish& wish) {
  return wish.glance_service_interface.value_or("public");
}

std::vector<fetch::Header> identity_of(const ImportRequest& request) {
  return {{"X-Auth-Token", request.caller.token}};
}

std::string text_at(const json::object& document, std::string_view name) {
  const json::value* value = document.if_contains(name);
  if (value == nullptr || !value->is_string()) {
    throw Error(ErrorCode::invalid, fmt::format("The other region's image has no {}. Set it there.", name));
  }
  return std::string(value->as_string());
}

std::uint64_t size_in(const json::object& document) {
  const json::value* value = document.if_contains("size");
  boost::system::error_code fault;
  const auto size = value != nullptr ? value->to_number<std::uint64_t>(fault) : 0;
  if (value == nullptr || fault) throw Error(ErrorCode::invalid, "The other region's image has no size.");
  return size;
}

/// Nothing if there is none, or none that is computed here.
std::optional<transfer::ExpectedDigest> digest_in(const json::object& document) {
  const json::value* algorithm = document.if_contains("os_hash_algo");
  const json::value* value = document.if_contains("os_hash_value");
  if (algorithm == nullptr || value == nullptr || !algorithm->is_string() || !value->is_string()) return {};
  transfer::ExpectedDigest digest{std::string(algorithm->get_string()), std::string(value->get_string())};
  if (!is_possible(digest)) return {};
  return digest;
}

/// Those whose names begin with one of the prefixes.
std::vector<model::Property> properties_in(const json::object& document,
                                           const std::vector<std::string>& prefixes) {
  std::vector<model::Property> properties;
  for (const auto& [key, value] : document) {
    const std::string_view name(key.data(), key.size());
    const bool is_wanted = std::any_of(prefixes.begin(), prefixes.end(),
                                       [&](const std::string& prefix) { return name.starts_with(prefix); });
    if (!is_wanted || !is_property(name) || !value.is_string()) continue;
    properties.push_back({.name = std::string(name), .value = std::string(value.as_string())});
  }
  return properties;
}

json::object parse_document(const std::string& text) {
  boost::system::error_code fault;
  const json::value value = json::parse(text, fault);
  if (fault || !value.is_object()) {
    throw Error(ErrorCode::invalid, "The other region's image service does not answer with an image.");
  }
  return value.as_object();
}

}  // namespace

/// What is told of the image there.
struct GlanceDownload::RemoteImage {
  std::string disk_format;
  std::string container_format;
  std::uint64_t size = 0;  ///< bytes
  std::vector<model::Property> properties;
  std::optional<transfer::ExpectedDigest> digest;
};

void GlanceDownload::check(const ImportRequest& request) const {
  const ImportWish& wish = request.wish;
  const std::string interface = interface_of(wish);
  if (wish.glance_region.value_or("").empty()) throw bad_wish("glance_region is missing.");
  if (!is_uuid(wish.glance_image_id.value_or(""))) throw bad_wish("glance_image_id has to be a UUID.");
  if (interface != "public" && interface != "internal" && interface != "admin") {
    throw bad_wish("glance_service_interface has to be public, internal or admin.");
  }
  if (session_ == nullptr || request.caller.token.empty()) {
    throw bad_wish("only users with a token of Keystone can import from other regions.");
  }
}

ImportSource GlanceDownload::open(ImportJob& job) const {
  fetch::Uri address = address_of(job.request());
  const RemoteImage remote = look_at(job, address);
  address.target += "/file";
  std::unique_ptr<fetch::Download> bytes =
      downloader_.open({.uri = address, .headers = identity_of(job.request()), .stop = job.call().stop});
  if (bytes->size().value_or(remote.size) != remote.size) {
    throw Error(ErrorCode::invalid, fmt::format("The other region's image has {} bytes, but its data has {}.",
                                                remote.size, *bytes->size()));
  }
  job.amend([remote](model::Image& image) {
    image.disk_format = remote.disk_format;
    image.container_format = remote.container_format;
    for (const model::Property& property : remote.properties) {
      image.set_property(property.name, property.value);
    }
  });
  return {.bytes = std::move(bytes), .size = remote.size, .digest = remote.digest};
}

/// Of the image's document.
fetch::Uri GlanceDownload::address_of(const ImportRequest& request) const {
  const ImportWish& wish = request.wish;
  const keystone::EndpointChoice choice{
      .type = "image", .interface = interface_of(wish), .region = *wish.glance_region};
  const std::string endpoint = keystone::endpoint_url(*session_, request.caller.token, choice);
  if (endpoint.empty()) {
    throw Error(ErrorCode::invalid, fmt::format("The service catalog has no {} image service in region {}.",
                                                choice.interface, choice.region));
  }
  fetch::Uri address = fetch::parse_uri(endpoint);
  while (address.target.ends_with('/')) address.target.pop_back();
  address.target += "/v2/images/" + *wish.glance_image_id;
  return address;
}

GlanceDownload::RemoteImage GlanceDownload::look_at(const ImportJob& job, const fetch::Uri& address) const {
  const auto response = downloader_.ask({.uri = address,
                                         .headers = identity_of(job.request()),
                                         .deadline = deadline_in(look_time),
                                         .stop = job.call().stop});
  if (response->status() != 200) {
    throw Error(ErrorCode::invalid,
                fmt::format("The image service in region {} answers with status {} for image {}.",
                            *job.request().wish.glance_region, response->status(),
                            *job.request().wish.glance_image_id));
  }
  const json::object document = parse_document(response->read_text(longest_document));
  if (const std::string status = text_at(document, "status"); status != "active") {
    throw Error(ErrorCode::invalid,
                fmt::format("The other region's image has to be active; it is {}.", status));
  }
  return {.disk_format = text_at(document, "disk_format"),
          .container_format = text_at(document, "container_format"),
          .size = size_in(document),
          .properties = properties_in(document, job.means().settings.remote_properties),
          .digest = digest_in(document)};
}

}  // namespace vitrine::imports
