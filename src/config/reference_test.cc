#include "config/reference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "config/refusals.h"
#include "config/test_directory.h"

namespace vitrine::config {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr Option<std::int64_t> size{
    .name = "size", .fallback = 7, .help = "How large | wide.", .min = 1, .max = 9, .former = "width"};
constexpr Option<std::string> state{
    .name = "state", .group = "vitrine", .fallback = "$$ a ", .help = "Where."};
constexpr Option<std::optional<std::string>> password{
    .name = "password", .group = "vitrine", .is_secret = true};
constexpr Option<TextList> kinds{
    .name = "kinds", .group = "vitrine", .fallback = "a,b", .needs_brackets = true};
constexpr Option<std::string> data{.name = "data", .group = per_store, .fallback = "/data"};

const OptionList known = {&size, &state, &password, &kinds, &data};

std::vector<std::string> lines(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> result;
  for (std::string line; std::getline(stream, line);) result.push_back(line);
  return result;
}

/// The sample with every default in force: all but those of unset options.
std::string uncommented(const std::string& sample) {
  std::string result;
  for (const std::string& line : lines(sample)) {
    const bool is_option = line.size() > 1 && line[0] == '#' && line[1] != ' ';
    if (is_option && line.find("= <None>") != std::string::npos) continue;
    result += (is_option ? line.substr(1) : line) + "\n";
  }
  return result;
}

TEST(Reference, ListsAnOptionWithTypeDefaultLimitsAndHelp) {
  EXPECT_THAT(
      write_reference(known, ReferenceFormat::markdown),
      HasSubstr(
          "| `size` | integer | `7` | a whole number from 1 to 9 | How large \\| wide. Formerly width. |"));
}

TEST(Reference, ListsEveryOptionOfRoomsAndOfGlance) {
  const std::string page = write_reference(known, ReferenceFormat::markdown);

  for (const char* text :
       {"## [DEFAULT]", "## [vitrine]", "## Options of a store", "`data`", "`cinder_mount_point_base`",
        "| `password` | text | unset | any text |  Secret: never shown. |",
        "| `kinds` | list | `a,b` | a list in brackets"}) {
    EXPECT_THAT(page, HasSubstr(text));
  }
}

TEST(Reference, MarksWhatIsNotReadAndWhatHasNoEffect) {
  const auto page = lines(write_reference(known, ReferenceFormat::markdown));

  EXPECT_THAT(page, Contains(testing::AllOf(HasSubstr("`cinder_mount_point_base`"), HasSubstr("Not read."))));
  EXPECT_THAT(page, Contains(testing::AllOf(HasSubstr("`registry_host`"), HasSubstr("Has no effect."))));
  EXPECT_THAT(page, Not(Contains(testing::AllOf(HasSubstr("`size`"), HasSubstr("Not read.")))));
}

TEST(Reference, IsTheSameWhateverTheOrderOfTheOptions) {
  OptionList reversed = known;
  std::reverse(reversed.begin(), reversed.end());

  for (const ReferenceFormat format : {ReferenceFormat::markdown, ReferenceFormat::sample}) {
    EXPECT_EQ(write_reference(known, format), write_reference(reversed, format));
  }
}

TEST(SampleFile, HoldsOnlyCommentsAndSections) {
  const TestDirectory directory;
  const std::string sample = write_reference(known, ReferenceFormat::sample);

  const Config config(directory.only(sample), known);

  EXPECT_THAT(config.findings(), IsEmpty());
  EXPECT_FALSE(config.is_set(size));
  EXPECT_THAT(lines(sample), Contains("#size = 7"));
  EXPECT_THAT(lines(sample), Contains("#password = <None>"));
}

TEST(SampleFile, ReadsBackToAllDefaults) {
  const TestDirectory directory;
  const Config defaults(directory.only(""), known);

  const Config config(directory.only(uncommented(write_reference(known, ReferenceFormat::sample))), known);

  EXPECT_TRUE(config.is_set(size));
  EXPECT_TRUE(config.is_set("glance_store", "data"));
  EXPECT_THAT(describe_values(config), testing::ElementsAreArray(describe_values(defaults)));
}

TEST(SampleFile, HasNoError) {
  const TestDirectory directory;

  const Config config(directory.only(uncommented(write_reference(known, ReferenceFormat::sample))), known);

  for (const Finding& finding : config.findings()) {
    const bool is_standing = finding.message.find("has no effect") != std::string::npos ||
                             finding.message.find("is deprecated") != std::string::npos;
    EXPECT_TRUE(is_standing) << to_string(finding);
  }
}

}  // namespace
}  // namespace vitrine::config
