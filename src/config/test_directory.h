#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace vitrine::config {

/// A fresh directory that vanishes with the object. While it lives it is the home directory, so that a test
/// sees neither the files nor the variables of whoever runs it.
class TestDirectory {
 public:
  TestDirectory() {
    char name[] = "/tmp/vitrine-config-XXXXXX";
    path_ = ::mkdtemp(name);
    set("HOME", path_.string());
  }
  ~TestDirectory() {
    std::filesystem::remove_all(path_);
    for (const auto& [name, value] : before_) {
      if (value) {
        ::setenv(name.c_str(), value->c_str(), 1);
      } else {
        ::unsetenv(name.c_str());
      }
    }
  }
  TestDirectory(const TestDirectory&) = delete;
  TestDirectory& operator=(const TestDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// Writes a file, below directories that are made for it.
  std::filesystem::path write(const std::string& name, std::string_view text) const {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file;
  }

  /// Sets an environment variable for as long as the object lives.
  void set(const std::string& name, const std::string& value) {
    const char* before = ::getenv(name.c_str());
    before_.try_emplace(name, before ? std::optional<std::string>(before) : std::nullopt);
    ::setenv(name.c_str(), value.c_str(), 1);
  }

  /// A search that reads just one file with this text.
  Search only(std::string_view text) const {
    Search search;
    search.sources = {{Source::Kind::file, write("test.conf", text)}};
    return search;
  }

 private:
  std::filesystem::path path_;
  std::map<std::string, std::optional<std::string>> before_;
};

/// The findings as lines, with the directory's path left out.
inline std::vector<std::string> lines_of(const std::vector<Finding>& findings,
                                         const TestDirectory& directory) {
  std::vector<std::string> lines;
  for (Finding finding : findings) {
    finding.file = std::filesystem::path(finding.file).lexically_relative(directory.path()).string();
    lines.push_back(to_string(finding));
  }
  return lines;
}

}  // namespace vitrine::config
