#include "model/image.h"

#include <algorithm>
#include <array>
#include <utility>

namespace vitrine::model {
namespace {

constexpr std::array<std::pair<Visibility, std::string_view>, 4> visibility_names{{
    {Visibility::is_private, "private"},
    {Visibility::is_public, "public"},
    {Visibility::is_shared, "shared"},
    {Visibility::is_community, "community"},
}};

auto named(std::string_view name) {
  return [name](const Property& property) { return property.name == name; };
}

}  // namespace

std::string_view to_string(Visibility visibility) {
  return std::find_if(visibility_names.begin(), visibility_names.end(),
                      [&](const auto& entry) { return entry.first == visibility; })
      ->second;
}

std::optional<Visibility> parse_visibility(std::string_view text) {
  for (const auto& [visibility, name] : visibility_names) {
    if (name == text) return visibility;
  }
  return {};
}

const Property* Image::find_property(std::string_view property_name) const {
  const auto found = std::find_if(properties.begin(), properties.end(), named(property_name));
  return found == properties.end() ? nullptr : &*found;
}

void Image::set_property(std::string_view property_name, std::optional<std::string> value) {
  const auto found = std::find_if(properties.begin(), properties.end(), named(property_name));
  if (found == properties.end()) {
    properties.push_back({std::string(property_name), std::move(value)});
  } else {
    found->value = std::move(value);
  }
}

bool Image::remove_property(std::string_view property_name) {
  return std::erase_if(properties, named(property_name)) > 0;
}

}  // namespace vitrine::model
