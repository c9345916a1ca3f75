#include "config/search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.h"

namespace vitrine::config {
namespace fs = std::filesystem;
namespace {

/// The stems of the default files of each program, in the order read, and of its default directories.
struct Defaults {
  std::string_view program;
  std::vector<std::string_view> files;
  std::vector<std::string_view> directories;
};

std::string environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): read at start, nobody writes it
  return value ? value : "";
}

Defaults defaults_of(std::string_view program) {
  // glance-manage lets glance.conf win over glance-api.conf, unlike every other program.
  if (program == "glance-manage") {
    return {program, {"glance-api", "glance", program}, {"glance", "glance-api", program}};
  }
  if (program.starts_with("glance-cache-")) {
    return {program, {"glance", "glance-api", "glance-cache"}, {"glance", program}};
  }
  return {program, {"glance", program}, {"glance", program}};
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

std::optional<fs::path> first_existing(const std::string& name) {
  for (const fs::path& directory : search_directories()) {
    if (is_there(directory / name)) return directory / name;
  }
  return {};
}

/// Without glance-api.conf the service does not start, as in Glance; the list names it so that reading
/// reports it.
std::vector<fs::path> default_api_files() {
  const std::string chosen(trim(environment("OS_GLANCE_CONFIG_DIR")));
  const fs::path directory = expand_path(chosen.empty() ? "/etc/glance" : chosen);
  std::vector<fs::path> files;
  if (is_there(directory / "glance-image-import.conf"))
    files.push_back(directory / "glance-image-import.conf");
  files.push_back(directory / "glance-api.conf");
  return files;
}

std::vector<fs::path> default_files(const Search& search) {
  if (search.program == "glance-api") return default_api_files();
  std::vector<fs::path> files;
  for (const std::string_view stem : defaults_of(search.program).files) {
    if (auto file = first_existing(fmt::format("{}.conf", stem))) files.push_back(std::move(*file));
  }
  return files;
}

std::vector<fs::path> default_directories(const Search& search) {
  std::vector<fs::path> directories;
  for (const std::string_view stem : defaults_of(search.program).directories) {
    if (auto found = first_existing(fmt::format("{}.conf.d", stem))) directories.push_back(std::move(*found));
  }
  return directories;
}

bool is_configuration_file(const fs::directory_entry& entry) {
  std::error_code ignored;
  return entry.path().extension() == ".conf" && !entry.path().filename().string().starts_with(".") &&
         !entry.is_directory(ignored);
}

void add_directory(const fs::path& directory, FoundFiles& found) {
  std::error_code failure;
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(directory, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    if (is_configuration_file(*entry)) files.push_back(entry->path());
  }
  if (failure) {
    found.findings.push_back(
        {Finding::Severity::error, directory.string(), 0,
         fmt::format("The configuration directory cannot be read ({}). Create it, or name "
                     "another one with --config-dir.",
                     failure.message())});
  }
  std::sort(files.begin(), files.end());
  found.files.insert(found.files.end(), files.begin(), files.end());
}

bool names_any(const Search& search, Source::Kind kind) {
  return std::any_of(search.sources.begin(), search.sources.end(),
                     [kind](const Source& source) { return source.kind == kind; });
}

}  // namespace

std::vector<fs::path> search_directories() {
  std::vector<fs::path> directories;
  if (const std::string home = environment("HOME"); !home.empty()) {
    directories = {fs::path(home) / ".glance", home};
  }
  directories.insert(directories.end(), {"/etc/glance", "/etc"});
  for (const char* name : {"SNAP_COMMON", "SNAP"}) {
    if (const std::string root = environment(name); !root.empty()) {
      directories.push_back(fs::path(root) / "etc/glance");
    }
  }
  return directories;
}

fs::path expand_path(const fs::path& path) {
  const std::string text = path.string();
  const bool is_in_home = text == "~" || text.starts_with("~/");
  return fs::absolute(is_in_home ? environment("HOME") + text.substr(1) : text).lexically_normal();
}

FoundFiles find_files(const Search& search) {
  FoundFiles found;
  if (!names_any(search, Source::Kind::file)) found.files = default_files(search);
  if (!names_any(search, Source::Kind::directory)) {
    for (const fs::path& directory : default_directories(search)) add_directory(directory, found);
  }
  for (const Source& source : search.sources) {
    const fs::path path = expand_path(source.path);
    if (source.kind == Source::Kind::directory) {
      found.directories.push_back(path);
      add_directory(path, found);
    } else {
      found.files.push_back(path);
    }
  }
  return found;
}

}  // namespace vitrine::config
