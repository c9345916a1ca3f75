// disk_images DIRECTORY: writes each sample of disk_images.h to a file there, its number for a name, and
// prints what is expected of them as a JSON list. For tests that look at images from outside, and for the
// seeds of fuzzing.

#include <boost/json.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tests/support/disk_images.h"

int main(int argument_count, char** arguments) try {
  if (argument_count != 2) {
    std::cerr << "usage: disk_images DIRECTORY\n";
    return 2;
  }
  const std::filesystem::path directory = arguments[1];
  std::filesystem::create_directories(directory);
  boost::json::array list;
  for (const vitrine::tests::Sample& sample : vitrine::tests::disk_image_samples()) {
    const std::string file = std::to_string(list.size());
    std::ofstream out(directory / file, std::ios::binary);
    out.exceptions(std::ios::failbit | std::ios::badbit);
    out.write(sample.bytes.data(), static_cast<std::streamsize>(sample.bytes.size()));
    list.push_back({{"name", sample.name},
                    {"file", file},
                    {"formats", sample.formats},
                    {"virtual_size", sample.virtual_size},
                    {"failures", sample.failures},
                    {"has_fault", sample.has_fault}});
  }
  std::cout << list << "\n";
} catch (const std::exception& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
