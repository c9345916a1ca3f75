#include "access/policy_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>

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
  if (const auto file = config.find_file(config.get(policy_file))) add(*file);
  for (const std::string& name : config.get(policy_dirs).values) {
    if (const auto directory = config.find_file(name)) add_directory(*directory);
  }
}

std::vector<fs::path> PolicyFiles::paths() const {
  std::vector<fs::path> paths;
  for (const Stamp& stamp : stamps_) paths.push_back(stamp.path);
  return paths;
}

void PolicyFiles::add(const fs::path& file) {
  struct stat now {};
  ::stat(file.c_str(), &now);
  are_settled_ = are_settled_ && has_settled(nanoseconds(now.st_ctim));
  stamps_.push_back(
      {file, now.st_dev, now.st_ino, now.st_size, nanoseconds(now.st_mtim), nanoseconds(now.st_ctim)});
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
  for (const fs::path& file : files) add(file);
}

PolicyTexts read_texts(const PolicyFiles& files) {
  PolicyTexts texts;
  for (const fs::path& path : files.paths()) texts.push_back(text_of_file(path));
  return texts;
}

}  // namespace vitrine::access
