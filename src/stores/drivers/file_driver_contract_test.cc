#include "stores/drivers/file_driver.h"
#include "tests/contract/driver_contract.h"
#include "tests/support/files.h"
#include "tests/support/temporary_directory.h"

namespace vitrine::tests {
namespace {

namespace fs = std::filesystem;
using stores::FileDriver;
using stores::FileSettings;
using stores::Unfinished;

/// A file driver on new directories named "0", "1", …, all of the same priority.
class FileSubject : public DriverSubject {
 public:
  FileSubject(std::size_t directories, FileSettings settings)
      : driver_(in_place(directories, std::move(settings))) {}

  stores::Driver& driver() override { return driver_; }
  std::vector<std::string> everything() override { return entries_below(place_.path() / "store"); }

  fs::path file_to_adopt(std::string_view content) override {
    const fs::path file = place_.path() / ("staged" + std::to_string(++files_));
    write_file(file, content);
    return file;
  }

 private:
  FileSettings in_place(std::size_t directories, FileSettings settings) const {
    for (std::size_t i = 0; i < directories; ++i) {
      settings.directories.push_back({(place_.path() / "store" / std::to_string(i)).string(), 0});
    }
    return settings;
  }

  TemporaryDirectory place_;
  FileDriver driver_;
  int files_ = 0;
};

DriverCase file_case(const std::string& name, std::size_t directories, const FileSettings& settings) {
  return {name, [=] { return std::make_unique<FileSubject>(directories, settings); }};
}

const std::vector<DriverCase> cases = {
    file_case("OneDirectory", 1, {}),
    file_case("ManyDirectories", 3, {}),
    file_case("Thin", 1, {.block_size = 4096, .is_thin = true}),
    file_case("ThinWithOddBlocks", 1, {.block_size = 1000, .is_thin = true}),
    file_case("HiddenNames", 1, {.unfinished = Unfinished::hidden}),
    file_case("HiddenNamesInManyDirectories", 3, {.unfinished = Unfinished::hidden}),
    file_case("WithTimeout", 2, {.limits = {.timeout = std::chrono::seconds(60), .threads = 32}}),
};
INSTANTIATE_DRIVER_CONTRACT(File, cases);

}  // namespace
}  // namespace vitrine::tests
