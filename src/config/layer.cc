#include "config/layer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/fd.h"
#include "base/text.h"

namespace vitrine::config {
namespace {

/// The whole text of a file; on failure nothing, and errno says why.
std::optional<std::string> read_text(const std::filesystem::path& file) {
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return {};
  std::string text;
  char block[16 * 1024];
  for (;;) {
    const ssize_t count = ::read(fd.get(), block, sizeof block);
    if (count == 0) return text;
    if (count > 0) {
      text.append(block, static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      return {};
    }
  }
}

std::string unreadable(int error_number) {
  if (error_number == ENOENT) {
    return "The configuration file does not exist. Create it, or name another one with --config-file.";
  }
  return fmt::format(
      "The configuration file cannot be read ({}). Give this service's user the right to read it.",
      std::strerror(error_number));  // NOLINT(concurrency-mt-unsafe): only at start
}

}  // namespace

std::string group_key(std::string_view group) {
  return group == "DEFAULT" ? std::string(group) : to_lower(group);
}

std::string name_key(std::string_view name) {
  std::string key(name);
  std::replace(key.begin(), key.end(), '-', '_');
  return key;
}

void Layer::add(std::string_view group, int group_line, IniEntry entry) {
  Group& target =
      groups.try_emplace(group_key(group), Group{std::string(group), group_line, {}}).first->second;
  target.options[name_key(entry.key)].push_back(std::move(entry));
}

const std::vector<IniEntry>* Layer::find(std::string_view group, std::string_view name) const {
  const auto found_group = groups.find(group);
  if (found_group == groups.end()) return nullptr;
  const auto found = found_group->second.options.find(name);
  return found == found_group->second.options.end() ? nullptr : &found->second;
}

Layer read_layer(Layer::Rank rank, const std::string& origin, std::string_view text,
                 std::vector<Finding>& findings) {
  IniFile ini = parse_ini(text);
  Layer layer{rank, origin, {}};
  for (IniFault& fault : ini.faults) {
    findings.push_back({Finding::Severity::error, origin, fault.line, std::move(fault.message)});
  }
  for (IniSection& section : ini.sections) {
    layer.groups.try_emplace(group_key(section.name), Layer::Group{section.name, section.line, {}});
    for (IniEntry& entry : section.entries) layer.add(section.name, section.line, std::move(entry));
  }
  return layer;
}

Layer read_file_layer(const std::filesystem::path& file, std::vector<Finding>& findings) {
  if (const auto text = read_text(file)) return read_layer(Layer::Rank::file, file.string(), *text, findings);
  findings.push_back({Finding::Severity::error, file.string(), 0, unreadable(errno)});
  return {Layer::Rank::file, file.string(), {}};
}

Layer environment_layer() {
  constexpr std::string_view prefix = "OS_";
  Layer layer{Layer::Rank::environment, {}, {}};
  for (char** variable = environ; variable && *variable; ++variable) {
    const std::string_view text = *variable;
    const auto equals = text.find('=');
    const auto separator = text.find("__", prefix.size());
    if (!text.starts_with(prefix) || equals == std::string_view::npos || separator >= equals) continue;
    const std::string_view group = text.substr(prefix.size(), separator - prefix.size());
    const std::string name = to_lower(text.substr(separator + 2, equals - separator - 2));
    layer.add(equals_ignoring_case(group, "DEFAULT") ? "DEFAULT" : group, 0,
              {name, std::string(text.substr(equals + 1)), 0});
  }
  return layer;
}

Layer command_line_layer(const std::vector<std::pair<std::string, std::string>>& overrides) {
  Layer layer{Layer::Rank::command_line, {}, {}};
  for (const auto& [name, value] : overrides) {
    const auto dot = name.rfind('.');
    if (dot == std::string::npos) {
      layer.add("DEFAULT", 0, {name, value, 0});
    } else {
      layer.add(name.substr(0, dot), 0, {name.substr(dot + 1), value, 0});
    }
  }
  return layer;
}

}  // namespace vitrine::config
