#include "config/remote.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "config/options.h"
#include "config/value.h"

namespace vitrine::config {
namespace {

std::string section_text(const Resolver& resolver, const std::string& section, std::string_view name) {
  Declaration declaration;
  declaration.group = section;
  declaration.name = name;
  const Text text = resolver.text(declaration, group_key(section));
  return text.values.empty() ? std::string{} : text.values.back();
}

/// Why the section cannot be used; empty if it can.
std::string fault_of(const std::string& section, const std::string& driver, const RemoteFile& file,
                     const Search& search) {
  if (driver.empty()) {
    return fmt::format(
        "config_source names [{}], which has no driver. Add the section with driver = remote_file "
        "and uri, or remove it from config_source.",
        section);
  }
  if (driver != "remote_file") {
    return fmt::format("[{}] driver = {}: the only driver is remote_file.", section, driver);
  }
  if (file.uri.empty()) return fmt::format("[{}] has no uri. Write where the file is.", section);
  if (!search.fetch_remote) {
    return fmt::format(
        "config_source names [{}], a remote file, which this program cannot fetch. Copy the file here "
        "and name it with --config-file.",
        section);
  }
  return {};
}

}  // namespace

std::vector<std::string> remote_sections(const Resolver& resolver) {
  const Declaration declaration = declare(&config_source);
  const Text text = resolver.text(declaration, config_source.group);
  const auto value = parse_value(declaration, text.values.back());
  return value ? std::get<TextList>(*value) : TextList{};
}

std::vector<Layer> read_remote_layers(const Resolver& resolver, const Search& search,
                                      std::vector<Finding>& findings) {
  std::vector<Layer> layers;
  for (const std::string& section : remote_sections(resolver)) {
    const auto text = [&](std::string_view name) { return section_text(resolver, section, name); };
    const RemoteFile file{text("uri"), text("ca_path"), text("client_cert"), text("client_key")};
    std::string fault = fault_of(section, text("driver"), file, search);
    if (fault.empty()) {
      try {
        // The URI may hold a password, so findings name the section instead.
        layers.push_back(read_layer(Layer::Rank::remote, fmt::format("[{}]", section),
                                    search.fetch_remote(file), findings));
      } catch (const Error& error) {
        fault = fmt::format("[{}] cannot be fetched: {}", section, error.what());
      }
    }
    if (!fault.empty()) {
      const auto found = resolver.find(declare(&config_source), config_source.group);
      findings.push_back(found->place());
      findings.back().message = std::move(fault);
    }
  }
  std::reverse(layers.begin(), layers.end());
  return layers;
}

}  // namespace vitrine::config
