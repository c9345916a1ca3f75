#include "stores/drivers/file_driver.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "tests/contract/driver_contract.h"
#include "tests/support/files.h"
#include "tests/support/temporary_directory.h"

namespace vitrine::tests {
namespace {

namespace fs = std::filesystem;
using stores::DataDirectory;
using stores::FileDriver;
using stores::FileSettings;
using stores::Unfinished;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

mode_t mode_of(const fs::path& path) {
  return static_cast<mode_t>(fs::status(path).permissions());
}

class FileDriverTest : public ::testing::Test {
 protected:
  fs::path directory(const std::string& name = "images") const { return place_.path() / name; }

  FileSettings settings() const {
    FileSettings result;
    result.directories = {{directory().string(), 0}};
    return result;
  }

  stores::Location store(FileDriver& driver, const std::string& name, std::string_view content) {
    const auto writer = driver.create(call_, {name}, {});
    writer->write(bytes_of(content));
    return writer->commit();
  }

  std::string read(FileDriver& driver, const std::string& uri) {
    const auto reader = driver.open(call_, {uri, {}}, {});
    std::vector<std::byte> space(1000);
    return std::string(text_of(Bytes(space).first(reader->read(space))));
  }

  /// What the Error says that configuring the driver throws.
  std::string refusal(const FileSettings& settings) {
    try {
      const FileDriver driver(settings);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::configuration);
      return error.what();
    }
    ADD_FAILURE() << "no error";
    return {};
  }

  TemporaryDirectory place_;
  const stores::StoreCall call_;
};

// Where files lie

TEST_F(FileDriverTest, KeepsABlobInAFileOfItsName) {
  FileDriver driver(settings());

  const stores::Location location = store(driver, "71c675ab", "content");

  EXPECT_EQ(content_of(directory() / "71c675ab"), "content");
  EXPECT_EQ(location.uri, "file://" + (directory() / "71c675ab").string());
  EXPECT_TRUE(location.metadata.empty());
}

TEST_F(FileDriverTest, ReadsEverySpellingOfALocationThatGlanceReads) {
  FileDriver driver(settings());
  store(driver, "a", "content");
  const std::string path = (directory() / "a").string();

  for (const std::string& uri : {"filesystem://" + path, "FILE://" + path, "file:// " + path + " \n"}) {
    EXPECT_EQ(read(driver, uri), "content") << uri;
  }
}

TEST_F(FileDriverTest, ReadsAndRemovesOutsideOfItsDirectories) {
  FileDriver driver(settings());
  write_file(directory("former"), "content");
  const std::string uri = "file://" + directory("former").string();

  EXPECT_EQ(read(driver, uri), "content");
  driver.remove(call_, {uri, {}});

  EXPECT_FALSE(fs::exists(directory("former")));
}

TEST_F(FileDriverTest, RefusesPathsThatAreRelativeOrLeadUpwards) {
  FileDriver driver(settings());
  write_file(directory("secret"), "content");

  for (const std::string& uri : {std::string("file://"), std::string("file://images/a"),
                                 std::string("file:///"), "file://" + directory().string() + "/../secret"}) {
    EXPECT_THROW(read(driver, uri), Error) << uri;
    EXPECT_THROW(driver.remove(call_, {uri, {}}), Error) << uri;
  }
  EXPECT_TRUE(fs::exists(directory("secret")));
}

TEST_F(FileDriverTest, ReadsFilesOnly) {
  FileDriver driver(settings());
  fs::create_directory(directory() / "folder");
  ASSERT_EQ(::mkfifo((directory() / "pipe").c_str(), 0600), 0);

  for (const std::string name : {"folder", "pipe"}) {
    const stores::Location location{"file://" + (directory() / name).string(), {}};
    EXPECT_EQ(error_of([&] { driver.open(call_, location, {}); }), ErrorCode::not_found) << name;
    EXPECT_EQ(error_of([&] { driver.size(call_, location); }), ErrorCode::not_found) << name;
  }
}

TEST_F(FileDriverTest, ListsFilesThatAreNotHidden) {
  FileDriver driver(settings());
  store(driver, "a", "content");
  write_file(directory() / ".hidden", "");
  fs::create_directory(directory() / "lost+found");

  EXPECT_THAT(driver.abilities().listing->list(call_), ElementsAre("a"));
}

TEST_F(FileDriverTest, CannotDeleteWhatIsNoFileAndDoesNotTellItsPath) {
  FileDriver driver(settings());
  fs::create_directory(directory() / "folder");

  try {
    driver.remove(call_, {"file://" + (directory() / "folder").string(), {}});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::forbidden);
    EXPECT_THAT(error.what(), Not(HasSubstr(directory().string())));
  }
}

// Directories

TEST_F(FileDriverTest, CreatesMissingDirectories) {
  FileSettings deep = settings();
  deep.directories = {{directory("a/b/c").string(), 0}};

  const FileDriver driver(deep);

  EXPECT_TRUE(fs::is_directory(directory("a/b/c")));
  EXPECT_THAT(entries_below(directory("a/b/c")), IsEmpty());
}

TEST_F(FileDriverTest, RefusesADirectoryThatCannotBeUsedByItsName) {
  write_file(directory("file"), "");

  for (const std::string& path : {directory("file").string(), directory("file/below").string(),
                                  std::string("/proc/vitrine-images"), std::string("/proc/self")}) {
    FileSettings unusable = settings();
    unusable.directories.push_back({path, 0});
    EXPECT_THAT(refusal(unusable), HasSubstr(path + ":"));
  }
}

TEST_F(FileDriverTest, TakesNoDataWhenItsDirectoryWentAway) {
  FileDriver driver(settings());
  const stores::Location location = store(driver, "a", "content");
  fs::rename(directory(), directory("elsewhere"));

  EXPECT_EQ(error_of([&] { driver.open(call_, location, {}); }), ErrorCode::not_found);
  EXPECT_EQ(error_of([&] { driver.create(call_, {"b"}, {}); }), ErrorCode::unavailable);
}

TEST_F(FileDriverTest, CommitsNothingIntoADirectoryThatWasRemovedMeanwhile) {
  FileDriver driver(settings());
  const auto writer = driver.create(call_, {"a"}, {});
  fs::remove(directory());

  EXPECT_EQ(error_of([&] { writer->commit(); }), ErrorCode::unavailable);
}

TEST_F(FileDriverTest, FindsANameTakenInWhicheverDirectory) {
  FileSettings two = settings();
  two.directories.push_back({directory("archive").string(), -10});
  FileDriver driver(two);
  write_file(directory("archive") / "a", "old");

  EXPECT_EQ(error_of([&] { driver.create(call_, {"a"}, {}); }), ErrorCode::duplicate);
}

TEST_F(FileDriverTest, LetsOneWriterWinThoughTheNameWasTakenInAnotherDirectoryMeanwhile) {
  FileSettings two = settings();
  two.directories.push_back({directory("archive").string(), -10});
  FileDriver driver(two);
  const auto writer = driver.create(call_, {"a"}, {});
  write_file(directory("archive") / "a", "first");

  EXPECT_EQ(error_of([&] { writer->commit(); }), ErrorCode::duplicate);
  EXPECT_FALSE(fs::exists(directory() / "a"));
}

TEST_F(FileDriverTest, CountsAFileSystemWithSeveralDirectoriesOnce) {
  FileSettings two = settings();
  two.directories.push_back({directory("archive").string(), 0});
  FileDriver one_driver(settings());
  FileDriver two_driver(two);

  EXPECT_EQ(two_driver.abilities().capacity->space(call_).total,
            one_driver.abilities().capacity->space(call_).total);
}

// Writing

TEST_F(FileDriverTest, ShowsNoEntryWhileAFileIsWritten) {
  FileDriver driver(settings());
  const auto writer = driver.create(call_, {"a"}, {});
  writer->write(bytes_of("content"));

  EXPECT_THAT(entries_below(directory()), IsEmpty());
}

TEST_F(FileDriverTest, WritesUnderAHiddenNameWhereFilesMustHaveOne) {
  FileSettings hidden = settings();
  hidden.unfinished = Unfinished::hidden;
  FileDriver driver(hidden);
  const auto writer = driver.create(call_, {"a"}, {});

  EXPECT_THAT(entries_below(directory()), ElementsAre(HasSubstr("/.vitrine-a-")));
  EXPECT_THAT(driver.abilities().listing->list(call_), IsEmpty());
}

TEST_F(FileDriverTest, DiscardsHiddenFilesOfADeadProcessInAllDirectories) {
  FileSettings two = settings();
  two.directories.push_back({directory("archive").string(), -10});
  FileDriver driver(two);
  const std::string mine = ".vitrine-a-6f1c2d34-0000-4000-8000-0123456789ab";
  const std::string other = ".vitrine-a-b-6f1c2d34-0000-4000-8000-0123456789ab";
  for (const std::string& name : {mine, other}) write_file(directory("archive") / name, "half");
  write_file(directory() / "a", "committed, not recorded");

  driver.discard(call_, {"a"});

  EXPECT_FALSE(fs::exists(directory("archive") / mine));
  EXPECT_FALSE(fs::exists(directory() / "a"));
  EXPECT_TRUE(fs::exists(directory("archive") / other));
}

TEST_F(FileDriverTest, GivesFilesTheModeThatIsConfigured) {
  FileSettings with_mode = settings();
  with_mode.file_mode = 0640;
  FileDriver driver(with_mode);

  store(driver, "a", "content");

  EXPECT_EQ(mode_of(directory() / "a"), 0640u);
}

TEST_F(FileDriverTest, LeavesTheModeToTheUmaskOtherwise) {
  const mode_t before = ::umask(027);
  FileDriver driver(settings());
  store(driver, "a", "content");
  ::umask(before);

  EXPECT_EQ(mode_of(directory() / "a"), 0640u);
}

TEST_F(FileDriverTest, LetsThosePassWhoMayReadTheFiles) {
  const std::vector<std::pair<mode_t, mode_t>> directory_modes = {{0600, 0700}, {0640, 0710}, {0644, 0711}};
  for (const auto& [file_mode, directory_mode] : directory_modes) {
    fs::create_directories(directory());
    fs::permissions(directory(), fs::perms::owner_all);
    FileSettings with_mode = settings();
    with_mode.file_mode = file_mode;

    const FileDriver driver(with_mode);

    EXPECT_EQ(mode_of(directory()), directory_mode);
  }
}

TEST_F(FileDriverTest, LeavesHolesForZerosWhenThin) {
  FileSettings thin = settings();
  thin.is_thin = true;
  FileDriver driver(thin);
  const std::string content = std::string(4 << 20, '\0') + "middle" + std::string(4 << 20, '\0');

  store(driver, "a", content);

  struct stat info {};
  ASSERT_EQ(::stat((directory() / "a").c_str(), &info), 0);
  EXPECT_LT(info.st_blocks * 512, 1 << 20);
  EXPECT_TRUE(content_of(directory() / "a") == content);
}

TEST_F(FileDriverTest, TellsWhatTheMetadataFileSaysOfAPath) {
  FileSettings with_mounts = settings();
  with_mounts.mounts = stores::MountMetadata(R"([{"id": "x", "mountpoint": "/nowhere"},
      {"id": "nfs", "mountpoint": ")" + place_.path().string() +
                                             R"("}])");
  FileDriver driver(with_mounts);

  EXPECT_EQ(store(driver, "a", "content").metadata.at("id"), "nfs");
}

// Limits of this process stand in for a full file system: write(2) fails with EFBIG where it would with
// ENOSPC.
class FullFileDriverTest : public FileDriverTest {
 protected:
  static constexpr rlim_t limit = 1 << 20;

  FullFileDriverTest() : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit narrow{limit, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &narrow);
  }
  ~FullFileDriverTest() override {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST_F(FullFileDriverTest, ReportsAFullStoreInTheMiddleOfAWriteAndLeavesNothing) {
  for (const Unfinished unfinished : {Unfinished::nameless_if_possible, Unfinished::hidden}) {
    FileSettings variant = settings();
    variant.unfinished = unfinished;
    FileDriver driver(variant);
    {
      const auto writer = driver.create(call_, {"a"}, {});
      const std::string piece(limit / 2 + 1, 'x');
      writer->write(bytes_of(piece));
      EXPECT_EQ(error_of([&] { writer->write(bytes_of(piece)); }), ErrorCode::storage_full);
    }
    EXPECT_THAT(entries_below(directory()), IsEmpty());
  }
}

TEST_F(FullFileDriverTest, ReportsAFullStoreWhenAHoleAtTheEndDoesNotFit) {
  FileSettings thin = settings();
  thin.is_thin = true;
  FileDriver driver(thin);
  {
    const auto writer = driver.create(call_, {"a"}, {});
    writer->write(bytes_of(std::string(limit + 65536, '\0')));
    EXPECT_EQ(error_of([&] { writer->commit(); }), ErrorCode::storage_full);
  }
  EXPECT_THAT(entries_below(directory()), IsEmpty());
}

}  // namespace
}  // namespace vitrine::tests
