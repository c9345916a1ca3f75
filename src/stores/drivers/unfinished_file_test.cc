#include "stores/drivers/unfinished_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

#include "base/fd.h"
#include "tests/support/temporary_directory.h"

namespace vitrine::stores {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t one_mib = 1 << 20;

/// For each MiB of a file, whether its first page is in the page cache.
std::vector<bool> cached_mibs(const fs::path& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const std::size_t size = fs::file_size(path);
  void* begin = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
  EXPECT_NE(begin, MAP_FAILED);
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  std::vector<unsigned char> pages((size + page - 1) / page);
  EXPECT_EQ(::mincore(begin, size, pages.data()), 0);
  ::munmap(begin, size);

  std::vector<bool> cached;
  for (std::size_t index = 0; index < pages.size(); index += one_mib / page) {
    cached.push_back((pages[index] & 1) != 0);
  }
  return cached;
}

bool is_in_memory_anyway(const fs::path& directory) {
  struct statfs info {};
  return ::statfs(directory.c_str(), &info) == 0 && info.f_type == TMPFS_MAGIC;
}

void write_mibs(UnfinishedFile& file, std::size_t count) {
  std::vector<std::byte> block(one_mib);
  for (std::size_t index = 0; index < count; ++index) {
    std::fill(block.begin(), block.end(), static_cast<std::byte>(index + 1));
    file.append(block);
  }
  file.publish();
}

TEST(UnfinishedFile, LeavesThePageCacheButForItsBeginning) {
  const tests::TemporaryDirectory place;
  if (is_in_memory_anyway(place.path())) GTEST_SKIP() << "temporary files are kept in memory (tmpfs)";
  FileForm form;
  form.most_cached = 16 * one_mib;
  UnfinishedFile file(place.path(), "large", form);

  write_mibs(file, 128);

  const std::vector<bool> cached = cached_mibs(place.path() / "large");
  EXPECT_EQ(std::count(cached.begin(), cached.begin() + 16, false), 0);
  EXPECT_EQ(std::count(cached.begin() + 17, cached.begin() + 63, true), 0);
}

TEST(UnfinishedFile, KeepsWhatLeftThePageCache) {
  const tests::TemporaryDirectory place;
  FileForm form;
  form.most_cached = 0;
  UnfinishedFile file(place.path(), "large", form);

  write_mibs(file, 128);

  std::ifstream read(place.path() / "large", std::ios::binary);
  std::vector<char> block(one_mib);
  for (int index = 0; index < 128; ++index) {
    read.read(block.data(), static_cast<std::streamsize>(block.size()));
    ASSERT_EQ(std::count(block.begin(), block.end(), static_cast<char>(index + 1)),
              static_cast<std::ptrdiff_t>(one_mib));
  }
  EXPECT_EQ(read.peek(), EOF);
}

}  // namespace
}  // namespace vitrine::stores
