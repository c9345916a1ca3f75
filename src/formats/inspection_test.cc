#include "formats/inspection.h"

#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "tests/support/disk_images.h"

namespace vitrine::formats {
namespace {

using tests::Sample;

/// Everything that an inspection says in the end, as a line.
std::string verdict(const Inspection& inspection) {
  std::vector<std::string> lines;
  const std::vector<Finding> findings = inspection.findings();
  for (const Finding& finding : findings) {
    std::set<std::string_view> failures;
    for (const Failure& failure : finding.failures) failures.insert(failure.check);
    lines.push_back(fmt::format("{} {} [{}] {}", finding.format, finding.virtual_size,
                                fmt::join(failures, ","), finding.fault.value_or("whole")));
  }
  return fmt::format("{} bytes: {}", inspection.size(), fmt::join(lines, "; "));
}

Inspection inspected(std::string_view bytes) {
  Inspection inspection;
  inspection.see(bytes_of(bytes));
  inspection.finish();
  return inspection;
}

/// A verdict in pieces whose sizes `next_size` gives.
template <class NextSize>
std::string verdict_in_pieces(std::string_view bytes, NextSize next_size) {
  Inspection inspection;
  while (!bytes.empty()) {
    const std::size_t size = std::min<std::size_t>(next_size(), bytes.size());
    inspection.see(bytes_of(bytes.substr(0, size)));
    bytes.remove_prefix(size);
  }
  inspection.finish();
  return verdict(inspection);
}

/// How many bytes of an image are needed before `is_known` is true.
template <class Known>
std::size_t bytes_until(std::string_view bytes, Known is_known) {
  Inspection inspection;
  std::size_t seen = 0;
  while (seen < bytes.size() && !is_known(inspection)) inspection.see(bytes_of(bytes.substr(seen++, 1)));
  return seen;
}

TEST(Inspection, FindsInEachSampleWhatIsInIt) {
  for (const Sample& sample : tests::disk_image_samples()) {
    const std::vector<Finding> findings = inspected(sample.bytes).findings();

    std::vector<std::string_view> formats;
    std::set<std::string_view> failures;
    bool has_fault = false;
    for (const Finding& finding : findings) {
      formats.push_back(finding.format);
      for (const Failure& failure : finding.failures) failures.insert(failure.check);
      has_fault |= finding.fault.has_value();
    }
    EXPECT_EQ(fmt::format("{}", fmt::join(formats, ",")), sample.formats) << sample.name;
    EXPECT_EQ(fmt::format("{}", fmt::join(failures, ",")), sample.failures) << sample.name;
    EXPECT_EQ(has_fault, sample.has_fault) << sample.name;
    if (findings.size() > 1) continue;
    EXPECT_EQ(findings[0].virtual_size, sample.virtual_size) << sample.name;
  }
}

TEST(Inspection, SaysTheSameWhereverTheBytesAreCut) {
  std::mt19937 random(20260301);
  for (const Sample& sample : tests::disk_image_samples()) {
    const std::string expected = verdict(inspected(sample.bytes));
    for (const std::size_t most : {7u, 600u, 70'000u, 400'000u}) {
      if (sample.bytes.size() / most > 20'000) continue;
      std::uniform_int_distribution<std::size_t> sizes(0, most);
      EXPECT_EQ(verdict_in_pieces(sample.bytes, [&] { return sizes(random); }), expected)
          << sample.name << ", pieces of up to " << most << " bytes";
    }
  }
}

TEST(Inspection, SaysTheSameByteByByte) {
  for (const Sample& sample : tests::disk_image_samples()) {
    if (sample.bytes.size() > 50'000) continue;
    EXPECT_EQ(verdict_in_pieces(sample.bytes, [] { return 1u; }), verdict(inspected(sample.bytes)))
        << sample.name;
  }
}

TEST(Inspection, TakesNoCutOffImageForAWholeOne) {
  struct Whole {
    std::string bytes;
    std::string_view format;
    std::size_t needed;  // bytes of it
    std::size_t step = 1;
  };
  const std::vector<Whole> images = {
      {tests::qcow2(), "qcow2", 512},
      {tests::qed(), "qed", 512},
      {tests::vdi(), "vdi", 512},
      {tests::vhd(), "vhd", 512},
      {tests::luks(), "luks", 592},
      {tests::vmdk(), "vmdk", 512 + 1024},
      {tests::stream_optimized_vmdk(), "vmdk", 8192, 7},
      {tests::partitioned({tests::protective}), "gpt", 512},
      {tests::iso(), "iso", 34 * 1024, 101},
      {tests::vhdx(), "vhdx", 576 * 1024 + 8, 4099},
  };
  for (const auto& [bytes, format, needed, step] : images) {
    const auto is_taken = [&](std::size_t size) {
      const Finding finding = inspected(std::string_view(bytes).substr(0, size)).findings().front();
      return finding.format == format && finding.failures.empty() && !finding.fault;
    };
    for (std::size_t size = 0; size < needed; size += step) EXPECT_FALSE(is_taken(size)) << format << size;
    EXPECT_FALSE(is_taken(needed - 1)) << format;
    EXPECT_EQ(is_taken(needed), format != "qed") << format;
  }
}

TEST(Inspection, NeverTakesAVerdictBack) {
  for (const Sample& sample : tests::disk_image_samples()) {
    Inspection inspection;
    std::string_view rest = sample.bytes;
    std::string known;
    const auto matched = [&] {
      std::string names;
      const std::vector<Finding> findings = inspection.findings();
      for (const Finding& finding : findings) names += fmt::format("{} ", finding.format);
      return names;
    };
    while (!rest.empty()) {
      const std::size_t size = std::min<std::size_t>(rest.size(), 509);
      inspection.see(bytes_of(rest.substr(0, size)));
      rest.remove_prefix(size);
      if (!inspection.is_recognised()) continue;
      if (known.empty()) known = matched();
      ASSERT_EQ(matched(), known) << sample.name;
    }
    inspection.finish();
    EXPECT_TRUE(inspection.is_judged()) << sample.name;
    if (known.empty()) continue;
    EXPECT_EQ(matched(), known) << sample.name;
  }
}

TEST(Inspection, KnowsAfterTheFirstDescriptorOfAnIso) {
  constexpr std::size_t end_of_descriptor = 34 * 1024;
  for (const std::string& bytes : {std::string(100'000, '\0'), tests::qcow2() + std::string(100'000, '\1'),
                                   tests::iso() + std::string(100'000, '\0')}) {
    EXPECT_EQ(bytes_until(bytes, [](const Inspection& one) { return one.is_judged(); }), end_of_descriptor);
  }
}

TEST(Inspection, RecognisesAVhdxLongBeforeItHasFoundItsSize) {
  const std::string bytes = tests::vhdx();

  const auto recognised = bytes_until(bytes, [](const Inspection& one) { return one.is_recognised(); });
  const auto judged = bytes_until(bytes, [](const Inspection& one) { return one.is_judged(); });

  EXPECT_EQ(recognised, 34u * 1024);
  EXPECT_EQ(judged, 512u * 1024 + 64 * 1024 + 8);
}

TEST(Inspection, JudgesAFooterOnlyAtTheEnd) {
  const std::string bytes = tests::stream_optimized_vmdk();
  Inspection inspection;

  inspection.see(bytes_of(bytes));
  EXPECT_FALSE(inspection.is_judged());
  inspection.finish();

  EXPECT_TRUE(inspection.is_judged());
  EXPECT_TRUE(inspection.findings()[0].failures.empty());
}

TEST(Inspection, ReadsTextNoFurtherThanQemuDoes) {
  const std::string text(3 << 20, 'a');

  EXPECT_EQ(bytes_until(text, [](const Inspection& one) { return one.is_judged(); }), (1u << 20) - 1);
}

TEST(Inspection, CountsAllBytesAsTheDiskOfWhatHasNoSizeInItsHeader) {
  const std::string mbr = tests::partitioned({{.type = 0x83}}) + std::string(1 << 20, '\0');
  const std::string luks = tests::luks(1, 4096, 8 << 20);

  EXPECT_EQ(inspected(mbr).findings()[0].virtual_size, mbr.size());
  EXPECT_EQ(inspected(luks).findings()[0].virtual_size, 6u << 20);
}

TEST(Inspection, SurvivesAnyChangeOfAnySample) {
  std::mt19937 random(4711);
  for (const Sample& sample : tests::disk_image_samples()) {
    if (sample.bytes.empty()) continue;
    for (int round = 0; round < 40; ++round) {
      std::string bytes = sample.bytes;
      std::uniform_int_distribution<std::size_t> anywhere(0, std::min<std::size_t>(bytes.size(), 2048) - 1);
      for (int change = 0; change < 4; ++change) bytes[anywhere(random)] = static_cast<char>(random());
      if (round % 4 == 0) bytes.resize(anywhere(random));

      const Inspection inspection = inspected(bytes);

      ASSERT_FALSE(inspection.findings().empty());
      EXPECT_TRUE(inspection.is_judged());
      EXPECT_EQ(inspection.size(), bytes.size());
      const std::vector<Finding> findings = inspection.findings();
      for (const Finding& finding : findings) {
        EXPECT_LE(finding.virtual_size, std::uint64_t{INT64_MAX});
        EXPECT_TRUE(is_inspected(finding.format));
      }
    }
  }
}

TEST(Inspection, KnowsWhichFormatsItCanTell) {
  for (const char* format : {"raw", "qcow2", "vmdk", "vhd", "vhdx", "vdi", "iso", "gpt", "luks", "qed"}) {
    EXPECT_TRUE(is_inspected(format)) << format;
  }
  for (const char* format : {"ami", "ari", "aki", "ploop", "docker", "", "RAW"}) {
    EXPECT_FALSE(is_inspected(format)) << format;
  }
}

}  // namespace
}  // namespace vitrine::formats
