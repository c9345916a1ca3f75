#include "api/image_patch.h"

#include <fmt/format.h>

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <utility>

#include "api/image_document.h"
#include "api/location_patch.h"
#include "api/refusal.h"
#include "base/error.h"
#include "base/text.h"

namespace vitrine::api {
namespace {

namespace json = boost::json;
using Operation = PatchStep::Operation;

constexpr std::array<std::pair<std::string_view, PatchDialect>, 2> dialects{{
    {"application/openstack-images-v2.0-json-patch", PatchDialect::v2_0},
    {"application/openstack-images-v2.1-json-patch", PatchDialect::v2_1},
}};

constexpr std::array<std::pair<std::string_view, Operation>, 3> operations{{
    {"add", Operation::add},
    {"replace", Operation::replace},
    {"remove", Operation::remove},
}};

std::optional<Operation> operation_named(std::string_view name) {
  for (const auto& [known, operation] : operations) {
    if (known == name) return operation;
  }
  return {};
}

const json::value& member(const json::object& step, std::string_view name) {
  const json::value* value = step.if_contains(name);
  if (value == nullptr) refuse(fmt::format("A step of the patch has no member '{}'.", name));
  return *value;
}

std::string text_of_member(const json::value& value, std::string_view name) {
  if (!value.is_string()) refuse(fmt::format("Member '{}' of a step of the patch must be a string.", name));
  return std::string(value.get_string());
}

/// A token of a JSON pointer, RFC 6901 §3 and §4.
std::string unescape(std::string_view token) {
  std::string result;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      result += token[i];
      continue;
    }
    const char next = i + 1 < token.size() ? token[++i] : '\0';
    if (next != '0' && next != '1')
      refuse(fmt::format("Pointer token '{}' has a '~' that is neither '~0' nor '~1'.", token));
    result += next == '0' ? '~' : '/';
  }
  return std::string(trim(result));
}

struct Target {
  std::string key;
  std::optional<std::string> position;
};

/// What a pointer means: an attribute of the image, or a place among its locations.
Target target_of(std::string_view pointer) {
  if (!pointer.starts_with('/')) refuse(fmt::format("Pointer '{}' does not start with '/'.", pointer));
  pointer.remove_prefix(1);
  // Glance reads over a second slash, but not over a third one.
  if (pointer.starts_with('/')) {
    pointer.remove_prefix(1);
    if (trim(pointer).empty() || pointer.starts_with('/')) refuse("A pointer of the patch names nothing.");
  }
  std::vector<std::string> tokens = split(pointer, '/');
  for (std::string& token : tokens) token = unescape(token);
  const std::size_t depth = tokens[0] == locations_key ? 2 : 1;
  if (tokens.size() > depth) {
    refuse(fmt::format("Pointer '/{}' goes deeper than an attribute of the image.", pointer));
  }
  if (tokens.size() == 1) return {std::move(tokens[0]), {}};
  if (tokens[1].empty()) refuse(fmt::format("Pointer '/{}' ends with '/'.", pointer));
  return {std::move(tokens[0]), std::move(tokens[1])};
}

PatchStep make_step(Operation operation, const json::value& pointer, std::string_view pointer_name,
                    const json::object& object) {
  Target target = target_of(text_of_member(pointer, pointer_name));
  return {operation, std::move(target.key), std::move(target.position),
          operation == Operation::remove ? json::value() : member(object, "value")};
}

PatchStep read_step_2_1(const json::object& object) {
  const std::string name = text_of_member(member(object, "op"), "op");
  const std::optional<Operation> operation = operation_named(name);
  if (!operation) refuse(fmt::format("Operation '{}' is not supported. Use add, replace or remove.", name));
  return make_step(*operation, member(object, "path"), "path", object);
}

PatchStep read_step_2_0(const json::object& object) {
  std::optional<PatchStep> step;
  for (const auto& [name, operation] : operations) {
    const json::value* pointer = object.if_contains(name);
    if (pointer == nullptr) continue;
    if (step) refuse("A step of the patch has more than one operation.");
    step = make_step(operation, *pointer, name, object);
  }
  if (!step) refuse("A step of the patch has no operation. Use add, replace or remove.");
  return *step;
}

/// As in Glance, `stores` is read-only to `add`, but a property that the image has not got to the others.
bool is_absent_property(const PatchStep& step) {
  return step.key == "stores" && step.operation != Operation::add;
}

void check_step(const PatchStep& step, const ImageSchema& schema) {
  if (step.key == locations_key) return check_location_step(step, schema);
  if (is_absent_property(step)) return;
  const KeyRule rule = rule_of_key(step.key);
  if (rule == KeyRule::read_only || rule == KeyRule::reserved) {
    throw Error(ErrorCode::forbidden, fmt::format("Attribute '{}' is {}.", step.key,
                                                  rule == KeyRule::read_only ? "read-only" : "reserved"));
  }
  if (step.operation == Operation::remove) {
    if (rule == KeyRule::settable) {
      throw Error(ErrorCode::forbidden,
                  fmt::format("Attribute '{}' belongs to every image and cannot be removed.", step.key));
    }
    if (schema.is_required(step.key)) {
      throw Error(ErrorCode::forbidden, fmt::format("This cloud wants every image to have {}.", step.key));
    }
    return;
  }
  schema.require_valid({{step.key, step.value}});
}

void apply_step(const PatchStep& step, PatchDialect dialect, model::Image& image) {
  const bool is_base = rule_of_key(step.key) == KeyRule::settable;
  const bool exists = is_base || image.find_property(step.key) != nullptr;
  if (step.operation == Operation::add && exists && dialect == PatchDialect::v2_0) {
    throw Error(ErrorCode::conflict, fmt::format("Property {} already present.", step.key));
  }
  if (step.operation != Operation::add && !exists) {
    throw Error(ErrorCode::conflict, fmt::format("Property {} does not exist.", step.key));
  }
  if (step.operation == Operation::remove) {
    image.remove_property(step.key);
  } else {
    set_image_key(image, step.key, step.value);
  }
}

}  // namespace

PatchDialect patch_dialect(std::string_view content_type) {
  const std::string_view type = trim(content_type.substr(0, content_type.find(';')));
  for (const auto& [name, dialect] : dialects) {
    if (equals_ignoring_case(name, type)) return dialect;
  }
  throw Error(ErrorCode::unsupported_media_type,
              fmt::format("Unsupported Content-Type '{}'. Send one of {}.", type, accepted_patch_types));
}

ImagePatch parse_image_patch(const json::value& body, PatchDialect dialect, const ImageSchema& schema) {
  if (!body.is_array()) refuse("The body must be a JSON array of patch steps.");
  ImagePatch patch{.dialect = dialect, .steps = {}};
  for (const json::value& element : body.get_array()) {
    if (!element.is_object()) refuse("Each step of the patch must be a JSON object.");
    const json::object& object = element.get_object();
    PatchStep step = dialect == PatchDialect::v2_1 ? read_step_2_1(object) : read_step_2_0(object);
    step.value = with_whole_numbers(std::move(step.value));
    check_step(step, schema);
    patch.steps.push_back(std::move(step));
  }
  return patch;
}

void apply(const ImagePatch& patch, model::Image& image, images::LocationEditor& locations,
           const StepCheck& check) {
  for (const PatchStep& step : patch.steps) {
    check(step);
    if (step.key == locations_key) {
      apply_location_step(step, image, locations);
    } else {
      apply_step(step, patch.dialect, image);
    }
  }
}

}  // namespace vitrine::api
