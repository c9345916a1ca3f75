#include "config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "config/test_directory.h"

namespace vitrine::config {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr Option<bool> is_on{.name = "is_on", .fallback = true, .help = "A switch."};
constexpr Option<std::int64_t> size{.name = "size", .fallback = 7, .min = 1, .max = 9};
constexpr Option<std::int64_t> automatic{.name = "automatic", .fallback = 0, .min = 1};
constexpr Option<double> ratio{.name = "ratio", .fallback = 0.5};
constexpr Option<std::string> place{.name = "place", .group = "disk", .fallback = "$root/images"};
constexpr Option<std::optional<std::string>> root{.name = "root"};
constexpr Option<std::optional<std::int64_t>> limit{.name = "limit"};
constexpr Option<TextList> methods{.name = "methods", .fallback = "[a,b]", .needs_brackets = true};
constexpr Option<TextMap> pairs{.name = "pairs"};
constexpr Option<MultiText> many{.name = "many"};
constexpr Option<std::string> key{.name = "key", .fallback = "", .choices = ",right", .is_secret = true};
constexpr Option<std::string> data{.name = "data", .group = per_store, .fallback = "/data"};

const OptionList known = {&is_on, &size,    &automatic, &ratio, &place, &root,
                          &limit, &methods, &pairs,     &many,  &key,   &data};

class ConfigTest : public testing::Test {
 protected:
  std::vector<std::string> findings(const Config& config) const {
    return lines_of(config.findings(), directory_);
  }

  Config read(std::string_view text) const { return Config(directory_.only(text), known); }

  TestDirectory directory_;
};

TEST_F(ConfigTest, ReadsEveryType) {
  const Config config = read(
      "[DEFAULT]\nis_on = no\nsize = 3\nratio = 2.5\nroot = /srv\nlimit = 4\nmethods = [x]\npairs = "
      "a:b\nmany = 1\n"
      "many = 2\n");

  EXPECT_FALSE(config.get(is_on));
  EXPECT_EQ(config.get(size), 3);
  EXPECT_EQ(config.get(ratio), 2.5);
  EXPECT_EQ(config.get(root), "/srv");
  EXPECT_EQ(config.get(limit), 4);
  EXPECT_THAT(config.get(methods), ElementsAre("x"));
  EXPECT_THAT(config.get(pairs), ElementsAre(testing::Pair("a", "b")));
  EXPECT_THAT(config.get(many).values, ElementsAre("1", "2"));
  EXPECT_THAT(findings(config), IsEmpty());
}

TEST_F(ConfigTest, FallsBackToWhatIsDeclared) {
  const Config config = read("");

  EXPECT_TRUE(config.get(is_on));
  EXPECT_EQ(config.get(automatic), 0) << "a fallback may lie outside the bounds";
  EXPECT_EQ(config.get(root), std::nullopt);
  EXPECT_EQ(config.get(limit), std::nullopt);
  EXPECT_THAT(config.get(methods), ElementsAre("a", "b"));
  EXPECT_THAT(config.get(pairs), IsEmpty());
  EXPECT_THAT(config.get(many).values, IsEmpty());
}

TEST_F(ConfigTest, TakesAnEmptyNumberForUnsetAndAnEmptyTextForEmpty) {
  const Config config = read("[DEFAULT]\nsize =\nlimit =\nroot =\n");

  EXPECT_EQ(config.get(size), 7);
  EXPECT_EQ(config.get(limit), std::nullopt);
  EXPECT_EQ(config.get(root), "");
}

TEST_F(ConfigTest, ReadsAnOptionThatIsNotListed) {
  static constexpr Option<std::int64_t> unlisted{.name = "unlisted", .fallback = 1};

  EXPECT_EQ(read("[DEFAULT]\nunlisted = 2\n").get(unlisted), 2);
}

TEST_F(ConfigTest, KnowsWhetherAndWhereAnOptionIsSet) {
  const Config config = read("[DEFAULT]\nsize = 1\n\nsize = 2\n");

  EXPECT_TRUE(config.is_set(size));
  EXPECT_FALSE(config.is_set(ratio));
  EXPECT_EQ(config.where("DEFAULT", "size").line, 4);
  EXPECT_EQ(config.where("DEFAULT", "size").file, directory_.path() / "test.conf");
  EXPECT_EQ(config.where("DEFAULT", "ratio").line, 0);
}

TEST_F(ConfigTest, ReportsAFaultyValueWithItsPlaceAndWhatIsAccepted) {
  const Config config = read("[DEFAULT]\nsize = 3\nsize = ten\n");

  EXPECT_THAT(findings(config),
              ElementsAre("test.conf:3: error: [DEFAULT] size = ten: accepted is a whole number "
                          "from 1 to 9."));
  EXPECT_THROW(config.get(size), Error);
}

TEST_F(ConfigTest, NeverShowsAFaultySecret) {
  EXPECT_THAT(findings(read("[DEFAULT]\nkey = hunter2\n")), ElementsAre(Not(HasSubstr("hunter2"))));
}

TEST_F(ConfigTest, ReportsAllFaultsOfAllFilesInOrder) {
  Search search;
  search.sources = {{Source::Kind::file, directory_.write("z.conf", "x\n[DEFAULT]\nsize = 0\n= 1\n")},
                    {Source::Kind::file, directory_.write("a.conf", "[DEFAULT]\nratio = x\n[oops\n")}};
  const Config config(search, known);

  EXPECT_THAT(findings(config),
              ElementsAre(HasSubstr("z.conf:1: error"), HasSubstr("z.conf:3: error: [DEFAULT] size"),
                          HasSubstr("z.conf:4: error"), HasSubstr("a.conf:2: error: [DEFAULT] ratio"),
                          HasSubstr("a.conf:3: error")));
}

TEST_F(ConfigTest, IsNotValidWithAnErrorAndNamesThemAll) {
  try {
    read("[DEFAULT]\nsize = 0\nratio = x\n").require_valid();
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::configuration);
    EXPECT_THAT(error.what(), AllOf(HasSubstr(":2: error"), HasSubstr(":3: error")));
  }
}

TEST_F(ConfigTest, IsValidWithWarnings) {
  const Config config = read("[DEFAULT]\nno_such_option = 1\n");

  EXPECT_THAT(config.findings(), SizeIs(1));
  EXPECT_NO_THROW(config.require_valid());
}

TEST_F(ConfigTest, ReportsAMissingFile) {
  const Config config({.sources = {{Source::Kind::file, directory_.path() / "absent.conf"}}}, known);

  EXPECT_THAT(findings(config),
              ElementsAre("absent.conf: error: The configuration file does not exist. Create it, or "
                          "name another one with --config-file."));
}

TEST_F(ConfigTest, ReportsAFileThatCannotBeRead) {
  const Config config({.sources = {{Source::Kind::file, directory_.path()}}}, known);

  EXPECT_THAT(findings(config), ElementsAre(HasSubstr("cannot be read (Is a directory)")));
}

TEST_F(ConfigTest, WarnsOfAnUnknownOptionOnce) {
  Search search = directory_.only("[DEFAULT]\nsise = 1\nsise = 2\n");
  search.sources.push_back({Source::Kind::file, directory_.write("second.conf", "[DEFAULT]\nsise = 3\n")});

  EXPECT_THAT(
      findings(Config(search, known)),
      ElementsAre("test.conf:2: warning: [DEFAULT] sise is no option of this service. Correct its name or "
                  "remove it."));
}

TEST_F(ConfigTest, SaysInWhichSectionAMisplacedOptionBelongs) {
  EXPECT_THAT(findings(read("[DEFAULT]\nplace = x\n")), ElementsAre(HasSubstr("belongs in [disk]")));
}

TEST_F(ConfigTest, WarnsOfAnUnknownSectionOnceUnlessItIsEmpty) {
  EXPECT_THAT(
      findings(read("[what]\na = 1\nb = 2\n[What]\nc = 3\n[nothing]\n")),
      ElementsAre("test.conf:1: warning: Nothing reads the section [what]. Correct its name or remove it."));
}

TEST_F(ConfigTest, SaysThatDefaultIsWrittenInUpperCase) {
  EXPECT_THAT(findings(read("[default]\nsize = 1\n")),
              ElementsAre(HasSubstr("Write [DEFAULT] in upper case.")));
}

TEST_F(ConfigTest, ListsTheGroupsAsWritten) {
  EXPECT_THAT(read("[Disk]\n[disk]\n[cors.App]\n").groups(), UnorderedElementsAre("Disk", "cors.App"));
}

TEST_F(ConfigTest, LetsASingleStoreStandInGlanceStore) {
  const Config config = read("[glance_store]\ndata = /one\n[backend_defaults]\ndata = /all\n");

  EXPECT_EQ(config.get(data, "glance_store"), "/one");
  EXPECT_EQ(read("[backend_defaults]\ndata = /all\n").get(data, "glance_store"), "/data");
}

TEST_F(ConfigTest, LooksForAStoresOptionInItsSectionThenInBackendDefaults) {
  const Config config = read(
      "[DEFAULT]\nenabled_backends = Fast:file, slow:file, other:file\n[fast]\ndata = /fast\n"
      "[backend_defaults]\ndata = /all\n[web]\ndata = /web\n");

  EXPECT_EQ(config.get(data, "Fast"), "/fast");
  EXPECT_EQ(config.get(data, "slow"), "/all");
  EXPECT_TRUE(config.is_set("slow", "data"));
  EXPECT_THAT(findings(config), ElementsAre(HasSubstr("section [web]"))) << "the others are known";
}

TEST_F(ConfigTest, KeepsBackendDefaultsFromTheServicesOwnStores) {
  const Config config = read("[backend_defaults]\ndata = /all\n[os_glance_tasks_store]\ndata = /tasks\n");

  EXPECT_EQ(config.get(data, "os_glance_staging_store"), "/data");
  EXPECT_EQ(config.get(data, "os_glance_tasks_store"), "/tasks");
}

TEST_F(ConfigTest, ReportsAFaultyDefaultOfAllStoresOnce) {
  static constexpr Option<std::int64_t> block{.name = "block", .group = per_store, .fallback = 1};
  const Config config(
      directory_.only("[backend_defaults]\nblock = x\n[DEFAULT]\nenabled_backends = a:file,b:file\n"),
      {&block});

  EXPECT_THAT(findings(config), ElementsAre(HasSubstr("test.conf:2: error: [backend_defaults] block = x")));
}

TEST_F(ConfigTest, KnowsTheSectionsOfFurtherOriginsAndOfIdentityPlugins) {
  static constexpr Option<std::int64_t> max_age{.name = "max_age", .group = "cors", .fallback = 0};
  const Config config(
      directory_.only("[cors.app]\nmax_age = 1\n[barbican_service_user]\nauth_section = login\n[login]\n"
                      "auth_url = http://k\n"),
      {&max_age});

  EXPECT_THAT(findings(config), IsEmpty());
  EXPECT_EQ(config.get(max_age, "cors.app"), 1);
}

TEST_F(ConfigTest, ReplacesReferencesFromTheSameGroupThenFromDefault) {
  const Config config = read("[DEFAULT]\nroot = /srv\n");

  EXPECT_EQ(config.get(place), "/srv/images");
  EXPECT_EQ(read("[disk]\nplace = ${size}-$DEFAULT.size-${disk.place2}\n").get(place), "7-7-${disk.place2}");
}

TEST_F(ConfigTest, ReplacesAnUnsetReferenceByNothing) {
  EXPECT_EQ(read("").get(place), "/images");
}

TEST_F(ConfigTest, WarnsOfAReferenceToNoOption) {
  EXPECT_THAT(findings(read("[DEFAULT]\nroot = pa$word\n")), ElementsAre(HasSubstr("refers to $word")));
}

TEST_F(ConfigTest, RefusesReferencesThatNeverEnd) {
  const Config config = read("[DEFAULT]\nroot = $key\nkey = ${disk.place}\n[disk]\nplace = x$root\n");

  EXPECT_THAT(findings(config),
              UnorderedElementsAre(HasSubstr("test.conf:2: error: [DEFAULT] root: it refers to itself"),
                                   HasSubstr("test.conf:3: error: [DEFAULT] key: it refers to itself"),
                                   HasSubstr("test.conf:5: error: [disk] place: it refers to itself")));
  EXPECT_THROW(config.get(root), Error);
}

TEST_F(ConfigTest, RefusesAnOptionThatRefersToItself) {
  EXPECT_THAT(findings(read("[DEFAULT]\nroot = /a/$root\n")), ElementsAre(HasSubstr("it refers to itself")));
}

TEST_F(ConfigTest, DescribesEveryValueButNoSecret) {
  const Config config = read("[DEFAULT]\nkey = right\nmethods = [x,y]\n[glance_store]\ndata = /one\n");

  const std::vector<std::string> lines = describe_values(config);

  EXPECT_THAT(lines, Contains("[DEFAULT] key = ****"));
  EXPECT_THAT(lines, Contains("[DEFAULT] methods = x,y"));
  EXPECT_THAT(lines, Contains("[DEFAULT] limit = (unset)"));
  EXPECT_THAT(lines, Contains("[glance_store] data = /one"));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("[backend_defaults] data"))));
  EXPECT_TRUE(std::is_sorted(lines.begin(), lines.end()));
}

TEST(FindingText, LeavesOutWhatIsNotKnown) {
  EXPECT_EQ(to_string(Finding{Finding::Severity::warning, "a.conf", 3, "m"}), "a.conf:3: warning: m");
  EXPECT_EQ(to_string(Finding{Finding::Severity::error, "a.conf", 0, "m"}), "a.conf: error: m");
  EXPECT_EQ(to_string(Finding{Finding::Severity::error, "", 0, "m"}), "error: m");
}

}  // namespace
}  // namespace vitrine::config
