#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "config/config.h"
#include "config/test_directory.h"

namespace vitrine::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Option<std::string> color{.name = "color", .fallback = "none", .former = "colour, paint.tint"};
constexpr Option<MultiText> many{.name = "many", .fallback = "default", .former = "lots"};
constexpr Option<std::string> data{
    .name = "data_dir", .group = per_store, .fallback = "/data", .former = "dir"};

const OptionList known = {&color, &many, &data};

/// What the fallback, remote sources, files, environment and command line say in these tests.
class Precedence : public testing::Test {
 protected:
  Config read(std::initializer_list<std::string_view> files) {
    for (const std::string_view text : files) {
      const std::string name = std::to_string(search_.sources.size()) + ".conf";
      search_.sources.push_back({Source::Kind::file, directory_.write(name, text)});
    }
    return Config(search_, known);
  }

  std::vector<std::string> findings(const Config& config) const {
    return lines_of(config.findings(), directory_);
  }

  TestDirectory directory_;
  Search search_;
};

TEST_F(Precedence, OfTheLastFileIsHighest) {
  EXPECT_EQ(read({"[DEFAULT]\ncolor = red\n", "[DEFAULT]\ncolor = blue\n", "[DEFAULT]\n"}).get(color),
            "blue");
}

TEST_F(Precedence, OfTheLastLineInAFileIsHighest) {
  EXPECT_EQ(read({"[DEFAULT]\ncolor = red\n[paint]\n[DEFAULT]\ncolor = blue\n"}).get(color), "blue");
}

TEST_F(Precedence, AddsUpRepeatableTextsOfAllFiles) {
  EXPECT_THAT(read({"[DEFAULT]\nmany = 1\nmany = 2\n", "[DEFAULT]\nmany = 3\n"}).get(many).values,
              ElementsAre("1", "2", "3"));
}

TEST_F(Precedence, OfTheEnvironmentIsAboveFiles) {
  directory_.set("OS_DEFAULT__COLOR", "green");
  directory_.set("OS_DEFAULT__MANY", "4");

  const Config config = read({"[DEFAULT]\ncolor = red\nmany = 1\n"});

  EXPECT_EQ(config.get(color), "green");
  EXPECT_THAT(config.get(many).values, ElementsAre("4"));
  EXPECT_EQ(config.where("DEFAULT", "color").file, "");
}

TEST_F(Precedence, OfTheCommandLineIsHighest) {
  directory_.set("OS_DEFAULT__COLOR", "green");
  search_.overrides = {{"color", "black"}, {"glance_store.data-dir", "/mine"}};

  const Config config = read({"[DEFAULT]\ncolor = red\n"});

  EXPECT_EQ(config.get(color), "black");
  EXPECT_EQ(config.get(data, "glance_store"), "/mine");
}

TEST_F(Precedence, LetsTheEnvironmentNameAStore) {
  directory_.set("OS_GLANCE_STORE__DATA_DIR", "/env");

  EXPECT_EQ(read({"[glance_store]\ndata_dir = /file\n"}).get(data, "glance_store"), "/env");
}

TEST_F(Precedence, IgnoresVariablesOfOtherForms) {
  directory_.set("OS_DEFAULT_COLOR", "green");
  directory_.set("DEFAULT__COLOR", "green");

  EXPECT_EQ(read({""}).get(color), "none");
}

TEST_F(Precedence, TakesDashesForUnderscores) {
  EXPECT_EQ(read({"[glance_store]\ndata-dir = /dash\n"}).get(data, "glance_store"), "/dash");
}

TEST_F(Precedence, OfAFormerNameCountsInItsFile) {
  const Config config = read({"[DEFAULT]\ncolor = red\n", "[paint]\ntint = pink\n"});

  EXPECT_EQ(config.get(color), "pink");
  EXPECT_THAT(
      findings(config),
      ElementsAre("1.conf:2: warning: [paint] tint is a former name. Write color in [DEFAULT] instead."));
}

TEST_F(Precedence, OfTheNewNameIsAboveFormerOnesInAFile) {
  const Config config = read({"[DEFAULT]\ncolor = red\ncolour = blue\n[paint]\ntint = pink\n"});

  EXPECT_EQ(config.get(color), "red");
  EXPECT_THAT(findings(config), IsEmpty());
}

TEST_F(Precedence, OfFormerNamesIsInTheirOrder) {
  EXPECT_EQ(read({"[DEFAULT]\ncolour = blue\n[paint]\ntint = pink\n"}).get(color), "blue");
}

TEST_F(Precedence, LetsAFormerNameStandInAStoresSection) {
  const Config config = read({"[glance_store]\ndir = /old\n"});

  EXPECT_EQ(config.get(data, "glance_store"), "/old");
  EXPECT_THAT(findings(config), ElementsAre(HasSubstr("Write data_dir in [glance_store]")));
}

TEST_F(Precedence, OfRemoteSourcesIsBelowFilesAndInTheirOrder) {
  search_.fetch_remote = [](const RemoteFile& file) {
    if (file.uri == "http://one") return std::string("[DEFAULT]\ncolor = red\nmany = 1\n");
    return std::string("[DEFAULT]\ncolor = blue\n[glance_store]\ndata_dir = /far\n");
  };

  const Config config =
      read({"[DEFAULT]\nconfig_source = one, two\n[one]\ndriver = remote_file\nuri = http://one\n"
            "[two]\ndriver = remote_file\nuri = http://two\nca_path = /ca\n",
            "[DEFAULT]\nmany = 2\n"});

  EXPECT_EQ(config.get(color), "red");
  EXPECT_THAT(config.get(many).values, ElementsAre("2"));
  EXPECT_EQ(config.get(data, "glance_store"), "/far");
  EXPECT_THAT(findings(config), IsEmpty());
}

TEST_F(Precedence, HandsTheSectionOfARemoteSourceToWhoFetchesIt) {
  RemoteFile asked;
  search_.fetch_remote = [&](const RemoteFile& file) {
    asked = file;
    return std::string{};
  };

  read(
      {"[DEFAULT]\nconfig_source = far\n[far]\ndriver = remote_file\nuri = http://h\nca_path = /ca\n"
       "client_cert = /cert\nclient_key = /key\n"});

  EXPECT_EQ(asked.uri, "http://h");
  EXPECT_EQ(asked.ca_path, "/ca");
  EXPECT_EQ(asked.client_cert, "/cert");
  EXPECT_EQ(asked.client_key, "/key");
}

TEST_F(Precedence, ReportsFaultsInARemoteText) {
  search_.fetch_remote = [](const RemoteFile&) { return std::string("[DEFAULT]\njunk\n"); };

  const Config config =
      read({"[DEFAULT]\nconfig_source = far\n[far]\ndriver = remote_file\nuri = http://h\n"});

  EXPECT_THAT(config.findings().at(0).file, "[far]");
  EXPECT_EQ(config.findings().at(0).line, 2);
}

struct BrokenSource {
  const char* section;
  const char* message;
};

class BrokenRemoteSource : public Precedence, public testing::WithParamInterface<BrokenSource> {};

TEST_P(BrokenRemoteSource, IsAnErrorThatNamesIt) {
  search_.fetch_remote = [](const RemoteFile&) -> std::string {
    throw Error(ErrorCode::unavailable, "no route");
  };

  const Config config = read({std::string("[DEFAULT]\nconfig_source = far\n") + GetParam().section});

  EXPECT_THAT(findings(config), ElementsAre(testing::AllOf(HasSubstr("0.conf:2: error"), HasSubstr("[far]"),
                                                           HasSubstr(GetParam().message))));
}

INSTANTIATE_TEST_SUITE_P(
    Sections, BrokenRemoteSource,
    testing::Values(BrokenSource{"", "has no driver"},
                    BrokenSource{"[far]\nuri = http://h\n", "has no driver"},
                    BrokenSource{"[far]\ndriver = magic\nuri = http://h\n", "the only driver is remote_file"},
                    BrokenSource{"[far]\ndriver = remote_file\n", "has no uri"},
                    BrokenSource{"[far]\ndriver = remote_file\nuri = http://h\n", "no route"}));

TEST_F(Precedence, RefusesARemoteSourceThatNobodyCanFetch) {
  const Config config =
      read({"[DEFAULT]\nconfig_source = far\n[far]\ndriver = remote_file\nuri = http://h\n"});

  EXPECT_THAT(findings(config),
              ElementsAre(HasSubstr("config_source names [far], a remote file, which this program "
                                    "cannot fetch")));
}

}  // namespace
}  // namespace vitrine::config
