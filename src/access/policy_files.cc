#include "access/policy_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <utility>

#include "access/options.h"

namespace vitrine::access {
namespace fs = std::filesystem;
namespace {

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// Clocks of file systems are coarse: two changes within this time may look like one.
constexpr std::int64_t coarseness = 100'000'000;

bool has_settled(std::int64_t changed) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return std::abs(nanoseconds(now) - changed) > coarseness;
}

std::optional<std::string> text_of_file(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return {};
  std::ifstream in(path, std::ios::binary);
  if (!in) return {};
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

bool is_hidden(const fs::path& path) {
  return path.filename().string().starts_with('.');
}

}  // namespace

PolicyFiles::PolicyFiles(const config::Config& config) {
  if (auto file = find(config, config.get(policy_file))) paths_.push_back(std::move(*file));
  for (const std::string& name : config.get(policy_dirs).values) {
    if (const auto directory = find(config, name)) add_directory(*directory);
  }
}

bool PolicyFiles::may_have_changed() const {
  return !is_settled_ || std::any_of(places_.begin(), places_.end(),
                                     [](const Place& place) { return look(place.path) != place.sight; });
}

PolicyFiles::Sight PolicyFiles::look(const fs::path& path) {
  struct stat now {};
  if (::stat(path.c_str(), &now) != 0) return {};
  return {now.st_dev, now.st_ino, now.st_size, nanoseconds(now.st_mtim), nanoseconds(now.st_ctim)};
}

bool PolicyFiles::visit(const fs::path& path) {
  const Sight sight = look(path);
  if (sight == Sight{}) {
    remember_where_it_would_show(path);
    return false;
  }
  remember(path, sight);
  return true;
}

void PolicyFiles::remember(const fs::path& path, const Sight& sight) {
  const bool is_known =
      std::any_of(places_.begin(), places_.end(), [&](const Place& place) { return place.path == path; });
  if (!is_known) places_.push_back({path, sight});
  is_settled_ = is_settled_ && has_settled(sight.changed);
}

/// A new name changes its directory's times, or those of the nearest directory that exists. A link that leads
/// nowhere yet has its name already.
void PolicyFiles::remember_where_it_would_show(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_symlink(path, ignored)) return remember(path, {});
  for (fs::path at = fs::absolute(path).parent_path();; at = at.parent_path()) {
    const Sight sight = look(at);
    const bool is_top = at == at.parent_path();
    if (sight != Sight{} || is_top || fs::is_symlink(at, ignored)) return remember(at, sight);
  }
}

/// As Config::find_file does, but remembers where nothing was: something may be there later.
std::optional<fs::path> PolicyFiles::find(const config::Config& config, const std::string& name) {
  for (fs::path& place : config.places_of_file(name)) {
    if (visit(place)) return std::move(place);
  }
  return {};
}

/// A directory that cannot be listed is taken for a file, so that reading it says what is wrong.
void PolicyFiles::add_directory(const fs::path& directory) {
  std::error_code failure;
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(directory, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    std::error_code ignored;
    if (!is_hidden(entry->path()) && !entry->is_directory(ignored)) files.push_back(entry->path());
  }
  if (failure) files = {directory};
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) visit(file);
  paths_.insert(paths_.end(), files.begin(), files.end());
}

PolicyTexts read_texts(const PolicyFiles& files) {
  PolicyTexts texts;
  for (const fs::path& path : files.paths()) texts.push_back(text_of_file(path));
  return texts;
}

}  // namespace vitrine::access
