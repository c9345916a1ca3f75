// Stands in for libFuzzer where there is no clang: <target>_replay SEEDS… runs the target on the seeds, which
// are files or directories, and on some thousand changes of each that are the same every time.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t all_changes = 6000;

void run(const std::string& text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("replay: cannot read " + path.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string changed(std::string text, const std::vector<std::string>& seeds, std::mt19937& random) {
  const auto below = [&random](std::size_t bound) {
    return bound == 0 ? 0 : std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
  };
  for (std::size_t count = 1 + below(4); count > 0; --count) {
    const std::size_t at = below(text.size());
    const std::size_t kind = below(5);
    if (text.empty() || kind == 0) {
      text.insert(at, 1 + below(8), static_cast<char>(random()));
    } else if (kind == 1) {
      text[at] = static_cast<char>(random());
    } else if (kind == 2) {
      text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
    } else if (kind == 3) {
      text.erase(at, 1 + below(8));
    } else {
      const std::string& other = seeds[below(seeds.size())];
      text.replace(at, std::string::npos, other.substr(below(other.size())));
    }
  }
  return text;
}

}  // namespace

int main(int argument_count, char** arguments) {
  std::vector<std::string> seeds;
  for (int i = 1; i < argument_count; ++i) {
    std::vector<std::filesystem::path> paths;
    if (std::filesystem::is_directory(arguments[i])) {
      for (const auto& entry : std::filesystem::directory_iterator(arguments[i]))
        paths.push_back(entry.path());
    } else {
      paths.emplace_back(arguments[i]);
    }
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) seeds.push_back(read(path));
  }
  if (seeds.empty()) {
    std::cerr << "replay: no seeds; name the files or directories that hold them\n";
    return 2;
  }
  std::mt19937 random(20260301);
  for (const std::string& seed : seeds) run(seed);
  for (std::size_t i = 0; i < all_changes; ++i) run(changed(seeds[i % seeds.size()], seeds, random));
  std::cout << seeds.size() << " seeds, " << all_changes << " changes of them: nothing broke\n";
}
