#include "stores/drivers/file_settings.h"

#include <gmock/gmock.h>

#include <map>

#include "base/error.h"
#include "stores/drivers/data_directories.h"

namespace vitrine::stores {
namespace {

using ::testing::ElementsAre;

ErrorCode code_of_choice(const std::vector<DataDirectory>& directories, std::uint64_t size,
                         const std::function<std::uint64_t(const std::string&)>& free_bytes) {
  try {
    choose_directory(directories, size, free_bytes);
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "no error";
  return ErrorCode::internal;
}

// filesystem_store_datadir, filesystem_store_datadirs

TEST(DataDirectories, AreOneOrSeveral) {
  EXPECT_THAT(parse_data_directories("/srv/images", {}), ElementsAre(DataDirectory{"/srv/images", 0}));
  EXPECT_THAT(parse_data_directories("", {"/a:10", "/b"}),
              ElementsAre(DataDirectory{"/a", 10}, DataDirectory{"/b", 0}));
}

TEST(DataDirectories, AreNotBothOneAndSeveralNorNone) {
  EXPECT_THROW(parse_data_directories("/srv/images", {"/a"}), Error);
  EXPECT_THROW(parse_data_directories(" ", {}), Error);
}

TEST(DataDirectories, HaveTheirPriorityBehindTheLastColon) {
  EXPECT_THAT(parse_data_directories("", {"/a:b:-5", " /c : 7 ", "/d:"}),
              ElementsAre(DataDirectory{"/a:b", -5}, DataDirectory{"/c", 7}, DataDirectory{"/d", 0}));
  EXPECT_THAT(parse_data_directories("/a:b", {}), ElementsAre(DataDirectory{"/a:b", 0}));
}

TEST(DataDirectories, AreRefusedWithoutAPathOrWithAPriorityThatIsNoNumber) {
  for (const std::string text : {":10", "", "/a:high", "/a:1.5"}) {
    EXPECT_THROW(parse_data_directories("", {text}), Error) << text;
  }
}

TEST(DataDirectories, AreAbsoluteAndLeadNowhereUpwards) {
  for (const std::string text : {"images", "./images", "/srv/../images", "/srv/.."}) {
    EXPECT_THROW(parse_data_directories(text, {}), Error) << text;
    EXPECT_THROW(parse_data_directories("", {text}), Error) << text;
  }
}

TEST(DataDirectories, LoseSlashesAtTheEnd) {
  EXPECT_THAT(parse_data_directories("/srv/images//", {}), ElementsAre(DataDirectory{"/srv/images", 0}));
  EXPECT_THAT(parse_data_directories("/", {}), ElementsAre(DataDirectory{"/", 0}));
}

TEST(DataDirectories, CountOnceWhenNamedTwiceUnlessTheirPrioritiesDiffer) {
  EXPECT_THAT(parse_data_directories("", {"/a:5", "/a/:5"}), ElementsAre(DataDirectory{"/a", 5}));
  EXPECT_THROW(parse_data_directories("", {"/a:5", "/a:6"}), Error);
}

// filesystem_store_file_perm

TEST(FileMode, IsReadAsOctalDigits) {
  EXPECT_EQ(parse_file_mode(640), 0640u);
  EXPECT_EQ(parse_file_mode(400), 0400u);
  EXPECT_EQ(parse_file_mode(2644), 02644u);
}

TEST(FileMode, IsTheUmasksBusinessWhenNotPositive) {
  EXPECT_EQ(parse_file_mode(0), 0u);
  EXPECT_EQ(parse_file_mode(-1), 0u);
}

TEST(FileMode, IsRefusedIfItIsNotOctalOrTheOwnerCouldNotRead) {
  for (const std::int64_t digits : std::vector<std::int64_t>{8, 648, 10000, 100000000000, 40, 244}) {
    EXPECT_THROW(parse_file_mode(digits), Error) << digits;
  }
}

// The choice of a directory

TEST(DirectoryChoice, TakesTheMostFreeSpaceOfTheHighestPriorityThatHasRoom) {
  const std::vector<DataDirectory> directories = {{"/low", 1}, {"/a", 5}, {"/b", 5}, {"/c", 5}};
  const std::map<std::string, std::uint64_t> free = {{"/low", 1000}, {"/a", 10}, {"/b", 30}, {"/c", 20}};
  const auto free_bytes = [&](const std::string& path) { return free.at(path); };

  EXPECT_EQ(choose_directory(directories, 0, free_bytes).path, "/b");
  EXPECT_EQ(choose_directory(directories, 30, free_bytes).path, "/b");
  EXPECT_EQ(choose_directory(directories, 31, free_bytes).path, "/low");
  EXPECT_EQ(code_of_choice(directories, 1001, free_bytes), ErrorCode::storage_full);
}

TEST(DirectoryChoice, TakesTheFirstOfEquals) {
  const std::vector<DataDirectory> directories = {{"/a", 0}, {"/b", 0}};

  EXPECT_EQ(choose_directory(directories, 1, [](const auto&) { return 7; }).path, "/a");
}

TEST(DirectoryChoice, PassesOverADirectoryThatDoesNotAnswer) {
  const auto free_bytes = [](const std::string& path) -> std::uint64_t {
    if (path == "/gone") throw Error(ErrorCode::timed_out, "no answer");
    return 10;
  };
  const std::vector<DataDirectory> two = {{"/gone", 9}, {"/b", 0}};

  EXPECT_EQ(choose_directory(two, 1, free_bytes).path, "/b");
  EXPECT_EQ(code_of_choice({{"/gone", 9}}, 1, free_bytes), ErrorCode::timed_out);
  EXPECT_EQ(code_of_choice(two, 11, free_bytes), ErrorCode::storage_full);
}

}  // namespace
}  // namespace vitrine::stores
