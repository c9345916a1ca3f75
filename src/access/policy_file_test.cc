#include "access/policy_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::access {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

auto rule_at(const char* name, int line) {
  return AllOf(Field("name", &FileRule::name, name), Field("line", &FileRule::line, line),
               Field("file", &FileRule::file, "p.yaml"));
}

std::vector<std::string> faults(std::string_view text) {
  std::vector<std::string> lines;
  for (const config::Finding& finding : parse_policy_file(text, "p.yaml").findings)
    lines.push_back(to_string(finding));
  return lines;
}

bool denies(const FileRule& rule) {
  const auto* constant = std::get_if<Constant>(&rule.check.node);
  return constant && constant->verdict != Verdict::yes;
}

TEST(PolicyFile, IsYamlWithAnyKindOfQuotes) {
  const PolicyFile file = parse_policy_file(
      "# mine\n\"get_image\": \"role:reader\"\n\nadd_image: role:a\n  or role:b  # who\n'x': ''\ny: \"!\"\n",
      "p.yaml");

  EXPECT_THAT(file.findings, IsEmpty());
  EXPECT_THAT(file.rules, ElementsAre(rule_at("get_image", 2), rule_at("add_image", 4), rule_at("x", 6),
                                      rule_at("y", 7)));
  EXPECT_TRUE(std::holds_alternative<Disjunction>(file.rules[1].check.node));
  EXPECT_EQ(std::get<Constant>(file.rules[2].check.node).verdict, Verdict::yes);
  EXPECT_EQ(std::get<Constant>(file.rules[3].check.node).verdict, Verdict::no);
}

TEST(PolicyFile, IsJsonToo) {
  const PolicyFile file =
      parse_policy_file("{\n\t\"a\": \"role:x\",\n\t\"b\": [[\"role:x\", \"@\"], \"!\"]\n}\n", "p.yaml");

  EXPECT_THAT(file.findings, IsEmpty());
  EXPECT_THAT(file.rules, ElementsAre(rule_at("a", 2), rule_at("b", 3)));
}

TEST(PolicyFile, MayBeEmpty) {
  for (const char* text : {"", "# nothing\n", "---\n", "{}", "---\n...\n"}) {
    EXPECT_THAT(faults(text), IsEmpty()) << text;
    EXPECT_THAT(parse_policy_file(text, "p.yaml").rules, IsEmpty()) << text;
  }
}

TEST(PolicyFile, NamesTheLineThatIsNoYaml) {
  EXPECT_THAT(faults("a: role:x\nb: [role:y\n"), ElementsAre(HasSubstr("error: This is no YAML")));
  EXPECT_THAT(faults("a: role:x\nb: @\n"), ElementsAre(StartsWith("p.yaml:2: error: This is no YAML")));
  EXPECT_THAT(faults("a: role:x\n\tb: role:y\n"), ElementsAre(StartsWith("p.yaml:2: error: ")));
}

TEST(PolicyFile, IsAMappingAndNothingElse) {
  EXPECT_THAT(faults("- role:x\n"), ElementsAre(StartsWith("p.yaml:1: error: A policy file holds lines")));
  EXPECT_THAT(faults("role:x\n"), ElementsAre(StartsWith("p.yaml:1: error: A policy file holds lines")));
  EXPECT_THAT(faults("a: role:x\n---\nb: role:y\n"), ElementsAre(StartsWith("p.yaml:2: error: ")));
  EXPECT_THAT(faults("? [a]\n: role:x\n"), ElementsAre(HasSubstr("no name of a rule")));
}

TEST(PolicyFile, IsTextInUtf8) {
  EXPECT_THAT(faults("\xEF\xBB\xBF"
                     "a: ''\r\nä: \"\"\r\n"),
              IsEmpty());
  EXPECT_THAT(faults("a: role:\xFF\n"), ElementsAre("p.yaml: error: This is no text in UTF-8."));
  EXPECT_THAT(faults(std::string_view("a\0:\0", 4)), ElementsAre("p.yaml: error: This is no text in UTF-8."));
}

TEST(PolicyFile, IsNotTakenForWholeWhenItWasCutInAQuote) {
  for (const char* text :
       {"a: '", "a: '\n", "a: 'role:x\n", "a: 'it''s\n", "a: \"\\\"", "a: [['x:y\n", "'a", "'a\n"}) {
    EXPECT_THAT(faults(text), testing::SizeIs(1)) << text;
  }
}

TEST(PolicyFile, IsRefusedWhereTheYamlLibraryWouldNotComeToAnEnd) {
  EXPECT_THAT(faults(",a: role:x\n"), ElementsAre(StartsWith("p.yaml:1: error: A policy file holds one")));
}

TEST(PolicyFile, HasEachNameOnce) {
  EXPECT_THAT(faults("a: role:x\nb: '@'\n\"a\": role:y\n"),
              ElementsAre("p.yaml:3: error: a stands in line 1 already. Keep one of them."));
}

TEST(PolicyFile, SaysWhichRuleCannotBeReadAndLetsItDeny) {
  const PolicyFile file = parse_policy_file("a: role:x\nb: role:x or\nc: admin\n", "p.yaml");

  ASSERT_EQ(file.findings.size(), 2u);
  ASSERT_EQ(file.rules.size(), 3u);
  EXPECT_EQ(to_string(file.findings[0]), "p.yaml:2: error: b: It ends where a check is expected.");
  EXPECT_EQ(to_string(file.findings[1]),
            "p.yaml:3: error: c: \"admin\" is no check: it has no colon, as in role:admin.");
  EXPECT_FALSE(denies(file.rules[0]));
  EXPECT_TRUE(denies(file.rules[1]));
  EXPECT_TRUE(denies(file.rules[2]));
}

TEST(PolicyFile, NeverTakesNothingForEverybody) {
  for (const char* text :
       {"a:\n", "a: ~\n", "a: null\n", "a: !\n", "ä: !\n", "a: !!str\n", "a: &x\n", "a: {b: c}\n",
        "a: [[!]]\n", "a: [role:x, [~]]\n", "a: [[[role:x]]]\n", "a: |\n\nb: '@'\n"}) {
    const PolicyFile file = parse_policy_file(text, "p.yaml");
    ASSERT_EQ(file.findings.size(), 1u) << text;
    ASSERT_FALSE(file.rules.empty()) << text;
    EXPECT_EQ(file.findings[0].line, 1) << text;
    EXPECT_TRUE(denies(file.rules[0])) << text;
  }
}

}  // namespace
}  // namespace vitrine::access
