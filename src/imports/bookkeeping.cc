#include "imports/bookkeeping.h"

#include <set>

#include "base/text.h"

namespace vitrine::imports {
namespace {

std::set<std::string> set_in(const model::Image& image, std::string_view property) {
  std::set<std::string> ids;
  const model::Property* list = image.find_property(property);
  if (list == nullptr || !list->value) return ids;
  const std::vector<std::string> items = split(*list->value, ',');
  for (const std::string& id : items) {
    if (!id.empty()) ids.insert(id);
  }
  return ids;
}

void write(model::Image& image, std::string_view property, const std::set<std::string>& ids) {
  image.set_property(property, join({ids.begin(), ids.end()}, ","));
}

}  // namespace

std::vector<std::string> ids_in(const model::Image& image, std::string_view property) {
  const std::set<std::string> ids = set_in(image, property);
  return {ids.begin(), ids.end()};
}

void add_ids(model::Image& image, std::string_view property, const std::vector<std::string>& ids) {
  std::set<std::string> all = set_in(image, property);
  all.insert(ids.begin(), ids.end());
  write(image, property, all);
}

void take_ids(model::Image& image, std::string_view property, const std::vector<std::string>& ids) {
  if (image.find_property(property) == nullptr) return;
  std::set<std::string> all = set_in(image, property);
  for (const std::string& id : ids) all.erase(id);
  write(image, property, all);
}

}  // namespace vitrine::imports
