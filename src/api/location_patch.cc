#include "api/location_patch.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <limits>
#include <optional>
#include <vector>

#include "base/error.h"
#include "base/text.h"

namespace vitrine::api {
namespace {

namespace json = boost::json;
using Operation = PatchStep::Operation;

std::optional<images::ValidationData> validation_data(const json::object& location) {
  const json::value* given = location.if_contains("validation_data");
  if (given == nullptr) return {};
  const json::object& object = given->as_object();
  const auto text = [&](std::string_view name) { return std::string(object.at(name).as_string()); };
  images::ValidationData data{
      .checksum = {}, .os_hash_algo = text("os_hash_algo"), .os_hash_value = text("os_hash_value")};
  if (object.contains("checksum")) data.checksum = text("checksum");
  return data;
}

/// From a value that fits the schema.
images::GivenLocation given_location(const json::value& value) {
  const json::object& object = value.as_object();
  return {.location = {std::string(object.at("url").as_string()), object.at("metadata").as_object()},
          .validation = validation_data(object)};
}

std::vector<images::GivenLocation> given_locations(const json::value& value) {
  std::vector<images::GivenLocation> all;
  for (const json::value& element : value.as_array()) all.push_back(given_location(element));
  return all;
}

/// Nothing if the token is not one: digits, RFC 6901 §4.
std::optional<std::size_t> index_of(std::string_view token) {
  const bool is_number = !token.empty() && token.find_first_not_of("0123456789") == std::string_view::npos;
  if (!is_number) return {};
  return parse_unsigned(token).value_or(std::numeric_limits<std::size_t>::max());
}

std::size_t place_to_add(const std::string& token) {
  if (token == "-") return std::numeric_limits<std::size_t>::max();
  if (const auto index = index_of(token)) return *index;
  throw Error(ErrorCode::invalid, fmt::format("'{}' is no position of a location.", token));
}

}  // namespace

void check_location_step(const PatchStep& step, const ImageSchema& schema) {
  const bool wants_position = step.operation != Operation::replace;
  if (step.position.has_value() != wants_position) {
    throw Error(ErrorCode::invalid,
                "Use /locations/N or /locations/- to add a location, /locations/N to remove one, /locations "
                "to replace "
                "all.");
  }
  if (step.operation == Operation::add) schema.require_valid({{locations_key, json::array{step.value}}});
  if (step.operation == Operation::replace) schema.require_valid({{locations_key, step.value}});
}

void apply_location_step(const PatchStep& step, model::Image& image, images::LocationEditor& editor) {
  switch (step.operation) {
    case Operation::add:
      editor.add(image, given_location(step.value), place_to_add(*step.position));
      break;
    case Operation::replace:
      editor.replace(image, given_locations(step.value));
      break;
    case Operation::remove:
      editor.remove(image, index_of(*step.position));
      break;
  }
}

void refuse_location_steps(const ImagePatch& patch) {
  const bool has_one = std::any_of(patch.steps.begin(), patch.steps.end(),
                                   [](const PatchStep& step) { return step.key == locations_key; });
  if (has_one) {
    throw Error(ErrorCode::forbidden,
                "Locations cannot be changed here, as this service does not show them "
                "(show_multiple_locations).");
  }
}

}  // namespace vitrine::api
