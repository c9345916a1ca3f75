#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "stores/drivers/file_driver.h"
#include "tests/support/temporary_directory.h"

namespace vitrine::stores {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::TemporaryDirectory;

struct stat info_of(const fs::path& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info;
}

std::vector<std::string> entries_of(const fs::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) names.push_back(entry.path().filename());
  return names;
}

/// A directory on another file system than the temporary directories, where there is one.
class ForeignDirectory {
 public:
  ForeignDirectory() {
    std::string pattern = "/dev/shm/vitrine-test-XXXXXX";
    if (::mkdtemp(pattern.data())) path_ = pattern;
  }
  ~ForeignDirectory() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  ForeignDirectory(const ForeignDirectory&) = delete;
  ForeignDirectory& operator=(const ForeignDirectory&) = delete;

  const fs::path& path() const { return path_; }
  bool is_foreign_to(const fs::path& other) const {
    return !path_.empty() && info_of(path_).st_dev != info_of(other).st_dev;
  }

 private:
  fs::path path_;
};

/// A file driver with the directory "images", and a file that was staged beside it.
class FileAdopting : public ::testing::Test {
 protected:
  FileAdopting() { std::ofstream(staged_) << "content"; }

  static std::unique_ptr<BlobWriter> adopt(FileDriver& driver, const fs::path& file) {
    static const StoreCall call;
    return driver.abilities().adopt->adopt(call, {"a"}, file);
  }

  static Location commit(BlobWriter& writer) {
    writer.write(bytes_of("content"));
    return writer.commit();
  }

  TemporaryDirectory place_;
  ForeignDirectory foreign_;
  const fs::path images_ = place_.path() / "images";
  const fs::path staged_ = place_.path() / "staged";
  FileSettings settings_{.directories = {{images_.string(), 0}}};
};

TEST_F(FileAdopting, MakesTheStagedFileItselfTheBlob) {
  FileDriver driver(settings_);

  const Location location = commit(*adopt(driver, staged_));

  EXPECT_EQ(location.uri, "file://" + (images_ / "a").string());
  EXPECT_EQ(info_of(images_ / "a").st_ino, info_of(staged_).st_ino);
  EXPECT_THAT(entries_of(images_), ElementsAre("a"));
}

TEST_F(FileAdopting, HoldsAHiddenLinkThatARestartFinds) {
  FileDriver driver(settings_);

  const auto writer = adopt(driver, staged_);

  EXPECT_THAT(entries_of(images_), ElementsAre(HasSubstr(".vitrine-a-")));
  driver.discard({}, {"a"});
  EXPECT_THAT(entries_of(images_), IsEmpty());
}

TEST_F(FileAdopting, GivesTheFileTheModeThatIsConfigured) {
  settings_.file_mode = 0640;
  FileDriver driver(settings_);

  commit(*adopt(driver, staged_));

  EXPECT_EQ(info_of(images_ / "a").st_mode & 07777, 0640u);
}

TEST_F(FileAdopting, TellsWhatTheMetadataFileSaysOfAPath) {
  settings_.mounts = MountMetadata(R"([{"id": "nfs", "mountpoint": ")" + place_.path().string() + R"("}])");
  FileDriver driver(settings_);

  EXPECT_EQ(commit(*adopt(driver, staged_)).metadata.at("id"), "nfs");
}

TEST_F(FileAdopting, LeavesAFileOfAnotherFileSystemToBeCopied) {
  if (!foreign_.is_foreign_to(place_.path())) GTEST_SKIP() << "there is no second file system";
  FileDriver driver(settings_);
  const fs::path file = foreign_.path() / "staged";
  std::ofstream(file) << "content";

  EXPECT_EQ(adopt(driver, file), nullptr);
  EXPECT_THAT(entries_of(images_), IsEmpty());
}

TEST_F(FileAdopting, TakesTheDirectoryOnTheFileSystemOfTheFileThoughAnotherComesFirst) {
  if (!foreign_.is_foreign_to(place_.path())) GTEST_SKIP() << "there is no second file system";
  settings_.directories.push_back({foreign_.path().string(), 100});
  FileDriver driver(settings_);

  EXPECT_EQ(commit(*adopt(driver, staged_)).uri, "file://" + (images_ / "a").string());
  EXPECT_THAT(entries_of(foreign_.path()), IsEmpty());
}

TEST_F(FileAdopting, TakesTheDirectoryOfTheHighestPriorityAmongThoseThatCan) {
  const fs::path first = place_.path() / "first";
  settings_.directories.push_back({first.string(), 100});
  FileDriver driver(settings_);

  EXPECT_EQ(commit(*adopt(driver, staged_)).uri, "file://" + (first / "a").string());
}

TEST_F(FileAdopting, FindsANameTakenInWhicheverDirectoryMeanwhile) {
  const fs::path archive = place_.path() / "archive";
  settings_.directories.push_back({archive.string(), -10});
  FileDriver driver(settings_);
  const auto writer = adopt(driver, staged_);
  std::ofstream(archive / "a") << "first";

  try {
    commit(*writer);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::duplicate);
  }
}

TEST_F(FileAdopting, FollowsNoSymbolicLink) {
  FileDriver driver(settings_);
  fs::create_symlink(staged_, place_.path() / "link");

  EXPECT_EQ(adopt(driver, place_.path() / "link"), nullptr);
}

TEST_F(FileAdopting, IsNotForAStoreThatLeavesHoles) {
  settings_.is_thin = true;
  const FileDriver driver(settings_);

  EXPECT_EQ(driver.abilities().adopt, nullptr);
}

}  // namespace
}  // namespace vitrine::stores
