#include "config/resolver.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "config/substitute.h"

namespace vitrine::config {
namespace {

constexpr std::string_view backend_defaults = "backend_defaults";

/// The service's own stores keep their documented defaults whatever [backend_defaults] says, and a service
/// with a single store knows no [backend_defaults].
bool takes_backend_defaults(const Declaration& declaration, std::string_view group) {
  return declaration.group == per_store && group != "glance_store" && group != backend_defaults &&
         !group.starts_with("os_glance_");
}

std::string describe_cycle(const std::vector<NameView>& trail, const NameView& first) {
  std::string path;
  for (auto name = std::find(trail.begin(), trail.end(), first); name != trail.end(); ++name) {
    path += fmt::format("${{{}.{}}}, ", name->group, name->name);
  }
  return fmt::format("it refers to itself through {}which never ends. Replace one of them by its value",
                     path);
}

}  // namespace

Resolver::Resolver(std::vector<Layer> layers, std::vector<Declaration> declarations)
    : layers_(std::move(layers)), declarations_(std::move(declarations)) {
  for (const Declaration& declaration : declarations_) {
    by_name_.emplace(NameView{declaration.group, declaration.name}, &declaration);
    if (declaration.group != per_store && !groups_of_.contains(declaration.group)) {
      share_options(declaration.group, declaration.group);
    }
  }
}

void Resolver::add_below(std::vector<Layer> layers) {
  layers_.insert(layers_.begin(), std::make_move_iterator(layers.begin()),
                 std::make_move_iterator(layers.end()));
}

void Resolver::share_options(std::string_view declared_group, std::string_view with_group) {
  const std::string key = group_key(with_group);
  groups_of_[std::string(declared_group)].insert(key);
  declared_for_[key].push_back(declared_group);
}

const std::set<std::string, std::less<>>& Resolver::groups_of(const Declaration& declaration) const {
  static const std::set<std::string, std::less<>> none;
  const auto found = groups_of_.find(declaration.group);
  return found == groups_of_.end() ? none : found->second;
}

const Declaration* Resolver::declaration(std::string_view group, std::string_view name) const {
  const auto declared = declared_for_.find(group);
  if (declared == declared_for_.end()) return nullptr;
  for (const std::string_view declared_group : declared->second) {
    const auto found = by_name_.find(NameView{declared_group, name});
    if (found != by_name_.end()) return found->second;
  }
  return nullptr;
}

std::optional<Found> Resolver::find_in(const Layer& layer, const Declaration& declaration,
                                       std::string_view group) const {
  const auto look = [&](std::string_view found_group, std::string_view name,
                        bool is_former) -> std::optional<Found> {
    const std::vector<IniEntry>* entries = layer.find(found_group, name);
    if (!entries) return {};
    Found found{&layer, {}, std::string(found_group), name, is_former};
    for (const IniEntry& entry : *entries) found.entries.push_back(&entry);
    return found;
  };
  if (auto found = look(group, declaration.name, false)) return found;
  for (const FormerName& former : former_names(declaration)) {
    if (auto found = look(former.group.empty() ? group : former.group, former.name, true)) return found;
  }
  return {};
}

std::optional<Found> Resolver::find_in_group(const Declaration& declaration, std::string_view group) const {
  std::optional<Found> winner;
  for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer) {
    if (winner && (declaration.type != Type::multi || winner->layer->rank != layer->rank)) break;
    auto found = find_in(*layer, declaration, group);
    if (!found) continue;
    if (winner) {
      winner->entries.insert(winner->entries.begin(), found->entries.begin(), found->entries.end());
    } else {
      winner = std::move(found);
    }
  }
  return winner;
}

std::optional<Found> Resolver::find(const Declaration& declaration, std::string_view group) const {
  if (auto found = find_in_group(declaration, group)) return found;
  if (takes_backend_defaults(declaration, group)) return find_in_group(declaration, backend_defaults);
  return {};
}

Text Resolver::text(const Declaration& declaration, std::string_view group) const {
  Trail trail;
  return expand(declaration, group, trail);
}

Text Resolver::expand(const Declaration& declaration, std::string_view group, Trail& trail) const {
  Text text;
  std::vector<std::string_view> raw;
  text.found = find(declaration, group);
  if (text.found) {
    for (const IniEntry* entry : text.found->entries) raw.push_back(entry->value);
    if (declaration.type != Type::multi) raw = {raw.back()};
  } else if (declaration.fallback) {
    raw = {*declaration.fallback};
  }
  trail.push_back({group, declaration.name});
  for (const std::string_view value : raw) {
    text.values.push_back(substitute(value, [&](std::string_view name) {
      auto replacement = referenced(name, group, trail, text.fault);
      if (!replacement) text.unknown_names.emplace_back(name);
      return replacement;
    }));
  }
  trail.pop_back();
  return text;
}

std::optional<std::string> Resolver::referenced(std::string_view name, std::string_view group, Trail& trail,
                                                std::string& fault) const {
  const auto dot = name.find('.');
  std::string target_group =
      dot == std::string_view::npos ? std::string(group) : group_key(name.substr(0, dot));
  const std::string_view target_name = dot == std::string_view::npos ? name : name.substr(dot + 1);
  const Declaration* target = declaration(target_group, target_name);
  if (!target && dot == std::string_view::npos) {
    target_group = "DEFAULT";
    target = declaration(target_group, target_name);
  }
  if (!target) return {};

  const NameView view{target_group, target->name};
  if (std::find(trail.begin(), trail.end(), view) != trail.end()) {
    fault = describe_cycle(trail, view);
    return std::string{};
  }
  const Text text = expand(*target, target_group, trail);
  if (!text.fault.empty()) fault = text.fault;
  return join(text.values, ",");
}

}  // namespace vitrine::config
