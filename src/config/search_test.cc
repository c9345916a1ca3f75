#include "config/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/test_directory.h"

namespace vitrine::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class SearchTest : public testing::Test {
 protected:
  /// The files found, by their path below the test's directory.
  std::vector<std::string> found(const Search& search) const {
    std::vector<std::string> names;
    for (const auto& file : find_files(search).files) {
      names.push_back(file.lexically_relative(directory_.path()).string());
    }
    return names;
  }

  std::filesystem::path in(const char* name) const { return directory_.path() / name; }

  TestDirectory directory_;
};

TEST_F(SearchTest, ReadsTheImportFileBeforeTheApisOwn) {
  directory_.write("etc/glance-image-import.conf", "");
  directory_.write("etc/glance-api.conf", "");
  directory_.set("OS_GLANCE_CONFIG_DIR", " " + in("etc").string() + " ");

  EXPECT_THAT(found({}), ElementsAre("etc/glance-image-import.conf", "etc/glance-api.conf"));
}

TEST_F(SearchTest, NamesTheApisFileEvenIfItIsMissing) {
  directory_.set("OS_GLANCE_CONFIG_DIR", in("etc").string());

  EXPECT_THAT(found({}), ElementsAre("etc/glance-api.conf"));
}

TEST_F(SearchTest, PrefersTheHomeDirectoryForOtherPrograms) {
  directory_.write(".glance/glance.conf", "");
  directory_.write("glance.conf", "");
  directory_.write("glance-scrubber.conf", "");

  EXPECT_THAT(found({.program = "glance-scrubber"}),
              ElementsAre(".glance/glance.conf", "glance-scrubber.conf"));
}

TEST_F(SearchTest, GivesManageTheFilesOfTheApiFirst) {
  for (const char* name : {"glance.conf", "glance-api.conf", "glance-manage.conf"})
    directory_.write(name, "");

  EXPECT_THAT(found({.program = "glance-manage"}),
              ElementsAre("glance-api.conf", "glance.conf", "glance-manage.conf"));
}

TEST_F(SearchTest, GivesCacheToolsTheFilesOfTheApiToo) {
  for (const char* name : {"glance.conf", "glance-api.conf", "glance-cache.conf"}) directory_.write(name, "");

  EXPECT_THAT(found({.program = "glance-cache-pruner"}),
              ElementsAre("glance.conf", "glance-api.conf", "glance-cache.conf"));
}

TEST_F(SearchTest, ReadsDefaultDirectoriesAfterDefaultFiles) {
  directory_.write("glance-scrubber.conf.d/2.conf", "");
  directory_.write("glance.conf.d/1.conf", "");
  directory_.write("glance-scrubber.conf", "");
  directory_.write("glance.conf", "");

  EXPECT_THAT(found({.program = "glance-scrubber"}),
              ElementsAre("glance.conf", "glance-scrubber.conf", "glance.conf.d/1.conf",
                          "glance-scrubber.conf.d/2.conf"));
}

TEST_F(SearchTest, LooksInTheDirectoriesOfASnap) {
  directory_.set("SNAP_COMMON", in("common").string());
  directory_.set("SNAP", in("snap").string());
  directory_.write("snap/etc/glance/glance-control.conf", "");

  EXPECT_THAT(found({.program = "glance-control"}), testing::Contains("snap/etc/glance/glance-control.conf"));
}

TEST_F(SearchTest, ReadsFilesAndDirectoriesInTheOrderNamed) {
  for (const char* name : {"a.conf", "d/2.conf", "d/10.conf", "b.conf"}) directory_.write(name, "");
  const Search search{.sources = {{Source::Kind::file, in("a.conf")},
                                  {Source::Kind::directory, in("d")},
                                  {Source::Kind::file, in("b.conf")}}};

  EXPECT_THAT(found(search), ElementsAre("a.conf", "d/10.conf", "d/2.conf", "b.conf"));
}

TEST_F(SearchTest, TakesOnlyConfFilesRightInsideADirectory) {
  for (const char* name : {"d/a.conf", "d/b.conf~", "d/.c.conf", "d/README", "d/e/f.conf"})
    directory_.write(name, "");
  std::filesystem::create_directory(in("d/g.conf"));

  EXPECT_THAT(found({.sources = {{Source::Kind::file, in("x")}, {Source::Kind::directory, in("d")}}}),
              ElementsAre("x", "d/a.conf"));
}

TEST_F(SearchTest, DropsTheDefaultFilesForANamedFileOnly) {
  directory_.write("glance-scrubber.conf", "");
  directory_.write("glance-scrubber.conf.d/1.conf", "");
  directory_.write("d/2.conf", "");
  Search search{.program = "glance-scrubber", .sources = {{Source::Kind::directory, in("d")}}};

  EXPECT_THAT(found(search), ElementsAre("glance-scrubber.conf", "d/2.conf"));

  search.sources = {{Source::Kind::file, in("a.conf")}};

  EXPECT_THAT(found(search), ElementsAre("glance-scrubber.conf.d/1.conf", "a.conf"));
}

TEST_F(SearchTest, ExpandsTheHomeDirectory) {
  EXPECT_THAT(found({.sources = {{Source::Kind::file, "~/a.conf"}}}), ElementsAre("a.conf"));
}

TEST_F(SearchTest, ReportsAMissingDirectory) {
  const FoundFiles files =
      find_files({.sources = {{Source::Kind::file, in("a")}, {Source::Kind::directory, in("absent")}}});

  ASSERT_THAT(files.findings, SizeIs(1));
  EXPECT_EQ(files.findings[0].file, in("absent"));
  EXPECT_THAT(files.findings[0].message, HasSubstr("No such file or directory"));
}

TEST_F(SearchTest, MissesNoDefaultDirectory) {
  EXPECT_THAT(find_files({.program = "glance-scrubber"}).findings, IsEmpty());
}

TEST_F(SearchTest, FindsSideFilesInNamedDirectoriesThenBesideTheLastFile) {
  const Search search{.sources = {{Source::Kind::file, directory_.write("one/a.conf", "")},
                                  {Source::Kind::file, directory_.write("two/b.conf", "")},
                                  {Source::Kind::directory, in("d")}}};
  directory_.write("policy.yaml", "");
  directory_.write("one/policy.yaml", "");
  std::filesystem::create_directory(in("d"));
  const auto find = [&] { return Config(search, {}).find_file("policy.yaml"); };

  EXPECT_EQ(find(), in("one/policy.yaml"));
  directory_.write("two/policy.yaml", "");
  EXPECT_EQ(find(), in("two/policy.yaml"));
  directory_.write("d/policy.yaml", "");
  EXPECT_EQ(find(), in("d/policy.yaml"));
}

TEST_F(SearchTest, FindsSideFilesInTheSearchDirectoriesLast) {
  const Config config(directory_.only(""), {});
  const auto file = directory_.write(".glance/schema.json", "");

  EXPECT_EQ(config.find_file("schema.json"), file);
  EXPECT_EQ(config.find_file(file), file);
  EXPECT_EQ(config.find_file("~/.glance/schema.json"), file);
  EXPECT_FALSE(config.find_file("absent.json"));
  EXPECT_EQ(config.places_of_file(file), std::vector{file}) << "an absolute path is one place";
  EXPECT_FALSE(config.find_file(in("absent.json")));
}

}  // namespace
}  // namespace vitrine::config
