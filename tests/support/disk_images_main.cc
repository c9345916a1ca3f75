// disk_images DIRECTORY: writes each sample of disk_images.h to a file there, its number for a name, and
// prints what is expected of them as a JSON list. For tests that look at images from outside. disk_images
// --seeds DIRECTORY: writes them as sparse_image.h says, those that get short by it, as seeds of fuzzing.

#include <algorithm>
#include <boost/json.hpp>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tests/support/disk_images.h"
#include "tests/support/sparse_image.h"

namespace {

using vitrine::tests::Sample;

void write(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary);
  out.exceptions(std::ios::failbit | std::ios::badbit);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

void write_seeds(const std::filesystem::path& directory) {
  constexpr std::size_t longest_seed = 1024;
  unsigned pieces = 0;
  for (const Sample& sample : vitrine::tests::disk_image_samples()) {
    const std::string seed = vitrine::tests::squeeze(sample.bytes, pieces += 997);
    std::string name = sample.name;
    std::replace(name.begin(), name.end(), ' ', '-');
    if (seed.size() <= longest_seed) write(directory / name, seed);
  }
}

void write_samples(const std::filesystem::path& directory) {
  boost::json::array list;
  for (const Sample& sample : vitrine::tests::disk_image_samples()) {
    const std::string file = std::to_string(list.size());
    write(directory / file, sample.bytes);
    list.push_back({{"name", sample.name},
                    {"file", file},
                    {"formats", sample.formats},
                    {"virtual_size", sample.virtual_size},
                    {"failures", sample.failures},
                    {"has_fault", sample.has_fault}});
  }
  std::cout << list << "\n";
}

}  // namespace

int main(int argument_count, char** arguments) try {
  const bool wants_seeds = argument_count == 3 && std::string_view(arguments[1]) == "--seeds";
  if (argument_count != 2 && !wants_seeds) {
    std::cerr << "usage: disk_images [--seeds] DIRECTORY\n";
    return 2;
  }
  const std::filesystem::path directory = arguments[argument_count - 1];
  std::filesystem::create_directories(directory);
  wants_seeds ? write_seeds(directory) : write_samples(directory);
} catch (const std::exception& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
