#include "config/checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "config/remote.h"
#include "config/value.h"

namespace vitrine::config {
namespace {

constexpr std::string_view service_store_groups[] = {"glance_store", "backend_defaults",
                                                     "os_glance_staging_store", "os_glance_tasks_store"};

using GroupNames = std::set<std::string, std::less<>>;
using Names = std::map<std::string, GroupNames, std::less<>>;  // of options, by group

/// An option's text, empty if it is unset or not declared.
std::string text_of(const Resolver& resolver, std::string_view group, std::string_view name) {
  const Declaration* declaration = resolver.declaration(group, name);
  if (!declaration) return {};
  const Text text = resolver.text(*declaration, group);
  return text.values.empty() ? std::string{} : text.values.back();
}

void share_store_options(Resolver& resolver) {
  for (const std::string_view group : service_store_groups) resolver.share_options(per_store, group);
  const Declaration* backends = resolver.declaration("DEFAULT", "enabled_backends");
  if (!backends) return;
  const auto value = parse_value(*backends, text_of(resolver, "DEFAULT", "enabled_backends"));
  if (!value) return;
  for (const auto& [id, type] : std::get<TextMap>(*value)) resolver.share_options(per_store, id);
}

void share_cors_options(Resolver& resolver) {
  GroupNames groups;
  for (const Layer& layer : resolver.layers()) {
    for (const auto& [key, group] : layer.groups) {
      if (key.starts_with("cors.")) groups.insert(key);
    }
  }
  for (const std::string& group : groups) resolver.share_options("cors", group);
}

void share_identity_options(Resolver& resolver) {
  std::vector<std::string_view> groups;
  for (const Declaration& declaration : resolver.declarations()) {
    if (declaration.name == "auth_section") groups.push_back(declaration.group);
  }
  for (const std::string_view group : groups) {
    const std::string section = text_of(resolver, group, "auth_section");
    if (!section.empty()) resolver.share_options(group, section);
  }
}

Names known_names(const Resolver& resolver) {
  Names names;
  for (const Declaration& declaration : resolver.declarations()) {
    const std::vector<FormerName> formers = former_names(declaration);
    for (const std::string& group : resolver.groups_of(declaration)) {
      names[group].emplace(declaration.name);
      for (const FormerName& former : formers) {
        names[former.group.empty() ? group : std::string(former.group)].emplace(former.name);
      }
    }
  }
  for (const std::string& section : remote_sections(resolver)) {
    names[group_key(section)].insert(remote_options.begin(), remote_options.end());
  }
  return names;
}

/// Where an option of this name may stand, to follow the report that it does not belong where it was found.
std::string hint(const Names& names, std::string_view name) {
  for (const auto& [group, options] : names) {
    if (options.contains(name)) return fmt::format("An option of that name belongs in [{}].", group);
  }
  return "Correct its name or remove it.";
}

struct KnownGroup {
  std::string_view key;
  const Names& all;
  const GroupNames& options;
};

void report_unknown_options(const Layer& layer, const Layer::Group& group, const KnownGroup& known,
                            GroupNames& reported, std::vector<Finding>& findings) {
  for (const auto& [name, entries] : group.options) {
    if (known.options.contains(name) || !reported.insert(fmt::format("{}.{}", known.key, name)).second)
      continue;
    findings.push_back({Finding::Severity::warning, layer.origin, entries.front().line,
                        fmt::format("[{}] {} is no option of this service. {}", group.written,
                                    entries.front().key, hint(known.all, name))});
  }
}

std::string section_hint(std::string_view group) {
  return group == "default" ? "Write [DEFAULT] in upper case." : "Correct its name or remove it.";
}

}  // namespace

void share_options_with_named_sections(Resolver& resolver) {
  share_store_options(resolver);
  share_cors_options(resolver);
  share_identity_options(resolver);
}

void report_unknown_names(const Resolver& resolver, std::vector<Finding>& findings) {
  const Names names = known_names(resolver);
  GroupNames reported;
  for (const Layer& layer : resolver.layers()) {
    if (layer.rank > Layer::Rank::file) continue;
    for (const auto& [key, group] : layer.groups) {
      const auto known = names.find(key);
      if (known != names.end()) {
        report_unknown_options(layer, group, {key, names, known->second}, reported, findings);
      } else if (!group.options.empty() && reported.insert(key).second) {
        findings.push_back(
            {Finding::Severity::warning, layer.origin, group.line,
             fmt::format("Nothing reads the section [{}]. {}", group.written, section_hint(key))});
      }
    }
  }
}

void report_standing(const Declaration& declaration, const Found& found, std::vector<Finding>& findings) {
  const std::string_view group = declaration.group == per_store ? found.group : declaration.group;
  std::string message;
  if (!declaration.has_effect) {
    message = fmt::format("[{}] {} has no effect. Remove it.", found.group, found.name);
  } else if (found.is_former) {
    message = fmt::format("[{}] {} is a former name. Write {} in [{}] instead.", found.group, found.name,
                          declaration.name, group);
  } else if (declaration.is_deprecated) {
    message = fmt::format("[{}] {} is deprecated: it works, but Glance has announced its removal.",
                          found.group, found.name);
  }
  if (message.empty()) return;
  Finding finding = found.place();
  finding.severity = Finding::Severity::warning;
  finding.message = std::move(message);
  findings.push_back(std::move(finding));
}

}  // namespace vitrine::config
