#include "config/ini.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace vitrine::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// The text as "section/key=value" in the order read, for comparison at a glance.
std::vector<std::string> entries_of(const IniFile& file) {
  std::vector<std::string> entries;
  for (const IniSection& section : file.sections) {
    for (const IniEntry& entry : section.entries) {
      entries.push_back(section.name + "/" + entry.key + "=" + entry.value);
    }
  }
  return entries;
}

TEST(Ini, KeepsSectionsAndKeysInOrderWithTheirLines) {
  const IniFile file = parse_ini("# comment\n[b]\nz = 1\ny = 2\n\n[a]\nx = 3\n[b]\nw = 4\n");

  EXPECT_THAT(entries_of(file), ElementsAre("b/z=1", "b/y=2", "a/x=3", "b/w=4"));
  EXPECT_EQ(file.sections[0].line, 2);
  EXPECT_EQ(file.sections[1].line, 6);
  EXPECT_EQ(file.sections[1].entries[0].line, 7);
  EXPECT_THAT(file.faults, IsEmpty());
}

TEST(Ini, SplitsAtTheFirstOfColonAndEquals) {
  const IniFile file = parse_ini("[s]\na = b:c\nd: e=f\n g\nh=\ni = j = k\n/: pipe\n");

  EXPECT_THAT(entries_of(file), ElementsAre("s/a=b:c", "s/d=e=f\ng", "s/h=", "s/i=j = k", "s//=pipe"));
}

TEST(Ini, HasCommentsOnlyAtTheStartOfALine) {
  const IniFile file = parse_ini("[s]\n# no = 1\n; no = 2\na = b # c\n");

  EXPECT_THAT(entries_of(file), ElementsAre("s/a=b # c"));
}

TEST(Ini, JoinsContinuationLinesWithNewlines) {
  const IniFile file = parse_ini("[s]\na = one\n  two  \n\tthree\nb = 4\n");

  EXPECT_THAT(entries_of(file), ElementsAre("s/a=one\ntwo\nthree", "s/b=4"));
}

TEST(Ini, TakesOnePairOfQuotesFromTheFirstLine) {
  const IniFile file =
      parse_ini("[s]\na = \" x \"\nb = 'y'\nc = \"'z'\"\nd = \"e'\nf = \"\ng = \"h\n  i\"\n");

  EXPECT_THAT(entries_of(file),
              ElementsAre("s/a= x ", "s/b=y", "s/c='z'", "s/d=\"e'", "s/f=", "s/g=\"h\ni\""));
}

TEST(Ini, ReadsLineEndsOfOtherSystemsAndALastLineWithoutAny) {
  const IniFile file = parse_ini("[s]\r\na = 1\r\n  2\r\nb = 3");

  EXPECT_THAT(entries_of(file), ElementsAre("s/a=1\n2", "s/b=3"));
  EXPECT_THAT(file.faults, IsEmpty());
}

TEST(Ini, KeepsBlanksInsideTheBracketsOfASection) {
  EXPECT_EQ(parse_ini("[ a b ]\n").sections[0].name, " a b ");
}

struct Malformed {
  const char* text;
  int line;
  const char* message;
};

class MalformedIni : public testing::TestWithParam<Malformed> {};

TEST_P(MalformedIni, IsAFaultAtItsLine) {
  const IniFile file = parse_ini(GetParam().text);

  ASSERT_THAT(file.faults, SizeIs(1));
  EXPECT_EQ(file.faults[0].line, GetParam().line);
  EXPECT_THAT(file.faults[0].message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    EveryKindOfLine, MalformedIni,
    testing::Values(
        Malformed{"[s]\n\na\n", 3, "neither \"=\" nor \":\""}, Malformed{"[s]\n= b\n", 2, "no name before"},
        Malformed{"[s]\n: b\n", 2, "no name before"}, Malformed{"a = b\n", 1, "before the first section"},
        Malformed{"[s\na = b\n", 1, "must end with \"]\""},
        Malformed{"[s] # comment\n", 1, "must end with \"]\""}, Malformed{"[\n", 1, "must end with"},
        Malformed{"[]\n", 1, "no name"}, Malformed{"  a = b\n[s]\n", 1, "begins with white space"},
        Malformed{"[s]\n  a = b\n", 2, "begins with white space"},
        Malformed{"[s]\na = b\n\n  c\n", 4, "begins with white space"},
        Malformed{"[s]\na = b\n# comment\n  c\n", 4, "begins with white space"},
        Malformed{"[s]\na = \xff\n", 2, "not UTF-8"}, Malformed{"# \xff\n[s]\n", 1, "not UTF-8"},
        Malformed{"\xef\xbb\xbf[s]\n", 1, "neither"}));

TEST(Ini, ReportsEveryFaultyLineAndReadsTheOthers) {
  const IniFile file = parse_ini("x = 0\n[s]\njunk\na = 1\n= 2\nb = 3\n");

  EXPECT_THAT(file.faults, SizeIs(3));
  EXPECT_THAT(entries_of(file), ElementsAre("s/a=1", "s/b=3"));
}

TEST(Ini, DoesNotReportTheContinuationOfAFaultyLine) {
  EXPECT_THAT(parse_ini("[s]\njunk\n  more\n  and more\n").faults, SizeIs(1));
}

TEST(Ini, DropsWhatStandsBelowAFaultySection) {
  const IniFile file = parse_ini("[s]\na = 1\n[t\nb = 2\n  3\n[u]\nc = 4\n");

  EXPECT_THAT(entries_of(file), ElementsAre("s/a=1", "u/c=4"));
}

TEST(Ini, TakesANulByteForAFault) {
  EXPECT_THAT(parse_ini(std::string_view("[s]\na = \0\n", 10)).faults, SizeIs(1));
}

TEST(Ini, SurvivesAnyBytes) {
  constexpr std::string_view alphabet = "[]=:#;'\"ab \t\r\n\n\n$\\{}\xff\xc3\x80";
  std::mt19937 random(20);
  for (int round = 0; round < 20000; ++round) {
    std::string text(random() % 64, ' ');
    for (char& c : text)
      c = random() % 8 == 0 ? static_cast<char>(random()) : alphabet[random() % alphabet.size()];

    const IniFile file = parse_ini(text);

    for (const IniSection& section : file.sections) {
      ASSERT_FALSE(section.name.empty());
      for (const IniEntry& entry : section.entries) {
        ASSERT_FALSE(entry.key.empty());
        ASSERT_EQ(entry.key.find_first_of(":=\n"), std::string::npos);
        ASSERT_GT(entry.line, section.line);
      }
    }
  }
}

}  // namespace
}  // namespace vitrine::config
