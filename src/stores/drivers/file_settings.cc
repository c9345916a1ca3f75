#include "stores/drivers/file_settings.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <charconv>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "stores/drivers/directory_place.h"
#include "stores/drivers/file_options.h"
#include "stores/drivers/option_checks.h"

namespace vitrine::stores {
namespace {

/// Paths become parts of URIs that are read back, hence no `..` and nothing relative.
std::string checked_directory(std::string_view option, std::string_view text) {
  std::string_view path = trim(text);
  if (path.empty()) throw faulty(option, fmt::format("\"{}\" has no path", text));
  if (path.front() != '/') throw faulty(option, fmt::format("{} is not an absolute path", path));
  const std::vector<std::string> parts = split(path, '/');
  if (std::find(parts.begin(), parts.end(), "..") != parts.end()) {
    throw faulty(option, fmt::format("{} must not contain \"..\"", path));
  }
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return std::string(path);
}

DataDirectory parse_data_directory(std::string_view text) {
  const std::string_view option = filesystem_store_datadirs.name;
  const auto colon = text.rfind(':');
  const std::string_view path = text.substr(0, colon);
  const std::string_view priority = colon == std::string_view::npos ? "" : trim(text.substr(colon + 1));
  if (priority.empty()) return {checked_directory(option, path), 0};
  const std::optional<std::int64_t> number = parse_integer(priority);
  if (!number) throw faulty(option, fmt::format("the priority in \"{}\" is not a whole number", text));
  return {checked_directory(option, path), *number};
}

void add_directory(std::vector<DataDirectory>& directories, DataDirectory next) {
  const auto twin = std::find_if(directories.begin(), directories.end(),
                                 [&](const DataDirectory& known) { return known.path == next.path; });
  if (twin == directories.end()) {
    directories.push_back(std::move(next));
  } else if (twin->priority == next.priority) {
    log::warning("{} names {} twice", filesystem_store_datadirs.name, next.path);
  } else {
    throw faulty(filesystem_store_datadirs.name, fmt::format("{} has two different priorities", next.path));
  }
}

std::vector<DataDirectory> configured_directories(const config::Config& config, std::string_view group) {
  return parse_data_directories(config.get(filesystem_store_datadir, group),
                                config.get(filesystem_store_datadirs, group).values);
}

MountMetadata configured_mounts(const config::Config& config, std::string_view group) {
  const auto file = config.get(filesystem_store_metadata_file, group);
  return file && !file->empty() ? MountMetadata::from_file(*file) : MountMetadata();
}

}  // namespace

std::vector<DataDirectory> parse_data_directories(std::string_view one,
                                                  const std::vector<std::string>& several) {
  const bool has_one = !trim(one).empty();
  if (has_one == !several.empty()) {
    throw faulty(
        filesystem_store_datadir.name,
        fmt::format("set exactly one of {0} and {1}; to use {1}, write \"{0} =\" with nothing behind it",
                    filesystem_store_datadir.name, filesystem_store_datadirs.name));
  }
  if (has_one) return {{checked_directory(filesystem_store_datadir.name, one), 0}};
  std::vector<DataDirectory> directories;
  for (const std::string& text : several) add_directory(directories, parse_data_directory(text));
  return directories;
}

mode_t parse_file_mode(std::int64_t decimal_digits) {
  if (decimal_digits <= 0) return 0;
  const std::string digits = std::to_string(decimal_digits);
  mode_t mode = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), mode, 8);
  if (error != std::errc{} || end != digits.data() + digits.size() || mode > 07777) {
    throw faulty(filesystem_store_file_perm.name, fmt::format("{} is not an octal file mode", digits));
  }
  if (!(mode & S_IRUSR)) {
    throw faulty(filesystem_store_file_perm.name,
                 fmt::format("with {} the service could not read its own files; use at least 400", digits));
  }
  return mode;
}

FileSettings read_file_settings(const config::Config& config, std::string_view group) {
  const auto count = [&](const Option<std::int64_t>& option) {
    return static_cast<std::size_t>(config.get(option, group));  // the option's bounds exclude negative ones
  };
  FileSettings settings;
  settings.directories = configured_directories(config, group);
  settings.file_mode = parse_file_mode(config.get(filesystem_store_file_perm, group));
  settings.block_size = count(filesystem_store_chunk_size);
  settings.is_thin = config.get(filesystem_thin_provisioning, group);
  settings.mounts = configured_mounts(config, group);
  settings.limits = {.timeout = std::chrono::seconds(config.get(filesystem_store_timeout, group)),
                     .threads = count(filesystem_store_thread_pool_size),
                     .warn_percent = count(filesystem_store_threadpool_threshold)};
  return settings;
}

std::vector<config::Finding> check_file_settings(const config::Config& config, std::string_view group) {
  return option_faults(config, group,
                       {
                           {filesystem_store_datadir.name, [&] { configured_directories(config, group); }},
                           {filesystem_store_file_perm.name,
                            [&] { parse_file_mode(config.get(filesystem_store_file_perm, group)); }},
                           {filesystem_store_metadata_file.name, [&] { configured_mounts(config, group); }},
                       });
}

std::vector<Place> file_places(const config::Config& config, std::string_view group) {
  const bool has_one = !trim(config.get(filesystem_store_datadir, group)).empty();
  const std::string_view option = has_one ? filesystem_store_datadir.name : filesystem_store_datadirs.name;
  std::vector<Place> places;
  for (const DataDirectory& directory : configured_directories(config, group)) {
    places.push_back(directory_place(directory.path, option));
  }
  return places;
}

std::vector<std::string> file_uri_prefixes(const config::Config& config, std::string_view group) {
  std::vector<std::string> prefixes;
  for (const DataDirectory& directory : configured_directories(config, group)) {
    for (const char* scheme : {"file", "filesystem"}) {
      prefixes.push_back(fmt::format("{}://{}/", scheme, directory.path));
    }
  }
  return prefixes;
}

boost::json::object file_properties(const config::Config& config, std::string_view group) {
  const std::vector<DataDirectory> directories = configured_directories(config, group);
  boost::json::array paths;
  for (const DataDirectory& directory : directories) paths.emplace_back(directory.path);
  boost::json::object properties;
  properties["data_dir"] = directories.size() == 1 ? paths.front() : boost::json::value(paths);
  properties["chunk_size"] = config.get(filesystem_store_chunk_size, group);
  properties["thin_provisioning"] = config.get(filesystem_thin_provisioning, group);
  return properties;
}

OptionList file_options() {
  return {&filesystem_store_datadir,
          &filesystem_store_datadirs,
          &filesystem_store_metadata_file,
          &filesystem_store_file_perm,
          &filesystem_store_chunk_size,
          &filesystem_thin_provisioning,
          &filesystem_store_timeout,
          &filesystem_store_thread_pool_size,
          &filesystem_store_threadpool_threshold};
}

}  // namespace vitrine::stores
