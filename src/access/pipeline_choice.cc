#include "access/pipeline_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>

#include "access/options.h"
#include "base/text.h"
#include "config/ini.h"

namespace vitrine::access {
namespace {

using config::Finding;
using config::IniEntry;
using config::IniFile;

constexpr std::string_view guardless_filter = "unauthenticated-context";

struct FilterRow {
  std::string_view name;
  std::string_view missing;  ///< the feature that the filter stands for; empty: it is built in
};

constexpr FilterRow filter_table[] = {
    {guardless_filter, ""},
    {"cors", ""},  // inert unless [cors] is configured, which is refused by itself
    {"http_proxy_to_wsgi", ""},
    {"versionnegotiation", ""},
    {"osprofiler", ""},
    {"healthcheck", ""},
    {"gzip", ""},
    {"request_id", ""},
    {"authtoken", "identity through Keystone"},
    {"context", "identity from request headers"},
    {"cache", "the image cache"},
    {"cachemanage", "management of the image cache"},
};

struct FlavorRow {
  std::string_view flavor;
  std::string_view missing;
};

constexpr FlavorRow built_in_flavors[] = {
    {"", ""},
    {"caching", "the image cache"},
    {"cachemanagement", "management of the image cache"},
    {"keystone", "identity through Keystone"},
    {"keystone+caching", "identity through Keystone and the image cache"},
    {"keystone+cachemanagement", "identity through Keystone and the image cache"},
    {"trusted-auth", "identity from request headers"},
};

Finding refusal(Finding where, std::string message) {
  where.severity = Finding::Severity::error;
  where.message = std::move(message);
  return where;
}

std::string not_yet(std::string_view subject, std::string_view feature) {
  return fmt::format(
      "{} asks for {}, which this version does not have yet; it would leave the service unguarded to ignore "
      "it. Choose the pipeline without identity, on a trusted network only, or wait for that feature.",
      subject, feature);
}

/// A line of a paste file, found.
struct Found {
  const config::IniSection* section = nullptr;
  const IniEntry* entry = nullptr;
};

Found find_entry(const IniFile& paste, std::string_view kind, std::string_view name, std::string_view key) {
  const std::string section_name = fmt::format("{}:{}", kind, name);
  for (const config::IniSection& section : paste.sections) {
    if (section.name != section_name) continue;
    for (const IniEntry& entry : section.entries) {
      if (entry.key == key) return {&section, &entry};
    }
  }
  return {};
}

std::vector<std::string> words(std::string_view text) {
  std::istringstream stream{std::string(text)};
  return {std::istream_iterator<std::string>(stream), {}};
}

/// Composites name the pipeline that is mounted at "/".
std::string pipeline_behind(const IniFile& paste, std::string name) {
  constexpr int deepest_nesting = 8;
  for (int i = 0; i < deepest_nesting; ++i) {
    // The grammar splits "/: api" at its first colon, so the key is the slash.
    const Found root = find_entry(paste, "composite", name, "/");
    if (root.entry == nullptr) break;
    name = root.entry->value;
  }
  return name;
}

std::optional<Finding> check_filter(std::string_view filter, const Finding& where) {
  const auto* row = std::find_if(std::begin(filter_table), std::end(filter_table),
                                 [&](const FilterRow& known) { return known.name == filter; });
  if (row == std::end(filter_table)) {
    return refusal(
        where,
        fmt::format("The pipeline has the filter '{}', which this service does not know. Remove it, or "
                    "keep serving this pipeline with Glance.",
                    filter));
  }
  if (row->missing.empty()) return {};
  return refusal(where, not_yet(fmt::format("The filter '{}'", filter), row->missing));
}

std::vector<Finding> check_paste_file(const std::filesystem::path& path, const std::string& flavor_name) {
  std::ifstream file(path);
  if (!file)
    return {refusal({.file = path.string()}, "The paste file cannot be read. Correct its permissions.")};
  const IniFile paste = config::parse_ini(std::string(std::istreambuf_iterator<char>(file), {}));
  std::vector<Finding> findings;
  for (const config::IniFault& fault : paste.faults) {
    findings.push_back(refusal({.file = path.string(), .line = fault.line}, fault.message));
  }
  const std::string application = flavor_name.empty() ? "glance-api" : "glance-api-" + flavor_name;
  const Found pipeline = find_entry(paste, "pipeline", pipeline_behind(paste, application), "pipeline");
  if (pipeline.entry == nullptr) {
    findings.push_back(
        refusal({.file = path.string()},
                fmt::format("There is no pipeline '{}'. Correct [paste_deploy] flavor.", application)));
    return findings;
  }
  const Finding where{.file = path.string(), .line = pipeline.entry->line};
  std::vector<std::string> filters = words(pipeline.entry->value);
  if (!filters.empty()) filters.pop_back();  // the application behind the filters
  for (const std::string& filter : filters) {
    if (auto finding = check_filter(filter, where)) findings.push_back(std::move(*finding));
  }
  if (std::find(filters.begin(), filters.end(), guardless_filter) == filters.end() && findings.empty()) {
    findings.push_back(
        refusal(where, fmt::format("The pipeline does not say who is calling. This version serves pipelines "
                                   "with the filter '{}' only.",
                                   guardless_filter)));
  }
  return findings;
}

std::vector<Finding> check_built_in(const config::Config& config, const std::string& flavor_name) {
  const auto* row = std::find_if(std::begin(built_in_flavors), std::end(built_in_flavors),
                                 [&](const FlavorRow& known) { return known.flavor == flavor_name; });
  const Finding where = config.where(flavor.group, flavor.name);
  if (row == std::end(built_in_flavors)) {
    return {refusal(
        where,
        fmt::format("[paste_deploy] flavor '{}' is not known, and there is no paste file to define it. "
                    "Correct it or remove it.",
                    flavor_name))};
  }
  if (row->missing.empty()) return {};
  return {refusal(where, not_yet(fmt::format("[paste_deploy] flavor = {}", flavor_name), row->missing))};
}

/// "glance-api.conf" → "glance-api-paste.ini"
std::filesystem::path default_paste_name(const config::Config& config) {
  const std::filesystem::path last = config.files().empty() ? "glance-api.conf" : config.files().back();
  return last.stem().string() + "-paste.ini";
}

}  // namespace

std::vector<Finding> check_pipeline(const config::Config& config) {
  const std::string flavor_name = config.get(flavor).value_or("");
  const std::optional<std::string> named = config.get(paste_config_file);
  const auto path = config.find_file(named ? std::filesystem::path(*named) : default_paste_name(config));
  if (path) return check_paste_file(*path, flavor_name);
  if (named) {
    return {refusal(
        config.where(paste_config_file.group, paste_config_file.name),
        fmt::format("The paste file {} does not exist. Correct [paste_deploy] config_file or remove it.",
                    *named))};
  }
  return check_built_in(config, flavor_name);
}

}  // namespace vitrine::access
