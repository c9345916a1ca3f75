#include "transfer/format_check.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/support/disk_images.h"
#include "transfer/image_checks.h"

namespace vitrine::transfer {
namespace {

constexpr std::uint64_t gibibyte = 1 << 30;

model::Image image_of(std::string_view disk_format) {
  model::Image image;
  image.id = "i";
  image.disk_format = disk_format;
  image.container_format = "bare";
  return image;
}

/// What the check says of the bytes: the refusal's text, or the virtual size.
std::string outcome(std::string_view disk_format, std::string_view bytes, const FormatRules& rules = {}) {
  FormatCheck check(image_of(disk_format), rules);
  try {
    check.see(bytes_of(bytes));
    check.finish();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unsupported_media_type);
    return error.what();
  }
  const auto size = check.virtual_size();
  return size ? std::to_string(*size) : "no size";
}

const FormatRules lenient{.requires_match = false};

TEST(FormatCheck, TakesTheSizeOfTheDiskFromDataOfTheRightFormat) {
  const std::string size = std::to_string(gibibyte);
  EXPECT_EQ(outcome("qcow2", tests::qcow2()), size);
  EXPECT_EQ(outcome("vmdk", tests::vmdk()), size);
  EXPECT_EQ(outcome("vhd", tests::vhd()), size);
  EXPECT_EQ(outcome("vhdx", tests::vhdx()), size);
  EXPECT_EQ(outcome("vdi", tests::vdi()), size);
  EXPECT_EQ(outcome("iso", tests::iso()), "2048000");
  EXPECT_EQ(outcome("luks", tests::luks()), "6144");
  EXPECT_EQ(outcome("raw", "12345"), "5");
  EXPECT_EQ(outcome("raw", ""), "no size");
  EXPECT_EQ(outcome("iso", tests::iso({.descriptor_type = 0})), "no size");
}

TEST(FormatCheck, RefusesDataOfAnotherFormat) {
  EXPECT_EQ(outcome("qcow2", "12345"), "Image disk_format qcow2 does not match stream data raw");
  EXPECT_EQ(outcome("qcow2", ""), "Image disk_format qcow2 does not match stream data raw");
  EXPECT_EQ(outcome("vmdk", tests::qcow2()), "Image disk_format vmdk does not match stream data qcow2");
  EXPECT_EQ(outcome("ami", tests::qcow2()), "Image disk_format ami does not match stream data qcow2");
  EXPECT_EQ(outcome("iso", tests::partitioned({{.type = 0x83}})),
            "Image disk_format iso does not match stream data gpt");
}

TEST(FormatCheck, OnlyLogsAnotherFormatWhereTheOperatorWantsItSo) {
  EXPECT_EQ(outcome("qcow2", "12345", lenient), "no size");
  EXPECT_EQ(outcome("vmdk", tests::qcow2(), lenient), "no size");
}

TEST(FormatCheck, TakesUnrecognisedDataForFormatsThatNobodyCanTell) {
  for (const char* format : {"ami", "aki", "ari", "ploop", "docker"}) {
    EXPECT_EQ(outcome(format, "12345"), "no size") << format;
  }
}

TEST(FormatCheck, TakesAnythingSafeAsRaw) {
  EXPECT_EQ(outcome("raw", tests::qcow2()), "1024");
  EXPECT_EQ(outcome("raw", tests::partitioned({{.type = 0x83}})), "8192");
  EXPECT_EQ(outcome("raw", tests::qcow2({.backing_file = 1})), "Image failed safety checks");
}

TEST(FormatCheck, RefusesDataOfSeveralFormats) {
  const std::string polyglot = tests::overlaid(tests::qcow2(), tests::partitioned({{.type = 0x83}}));

  EXPECT_EQ(outcome("qcow2", polyglot), "Multiple formats detected: gpt,qcow2");
  EXPECT_EQ(outcome("raw", polyglot), "Multiple formats detected: gpt,qcow2");
  EXPECT_EQ(outcome("qcow2", polyglot, lenient), "no size");
}

TEST(FormatCheck, TakesAnIsoThatBootsAsADiskAsIso) {
  const std::string hybrid = tests::overlaid(tests::iso(), tests::partitioned({{.type = 0x17}}));

  EXPECT_EQ(outcome("iso", hybrid), "2048000");
  EXPECT_EQ(outcome("raw", hybrid), std::to_string(hybrid.size()));
}

TEST(FormatCheck, RefusesUnsafeDataWhateverTheOperatorWants) {
  const std::string unsafe[] = {
      tests::qcow2({.incompatible = 4}),
      tests::vmdk({.descriptor = tests::vmdk_descriptor({.type = "monolithicFlat"})}),
      tests::stream_optimized_vmdk({.marker = 9}), tests::luks(2), tests::qed()};
  for (const std::string& bytes : unsafe) {
    for (const char* format : {"raw", "qcow2", "vmdk", "luks", "qed", "vdi"}) {
      EXPECT_EQ(outcome(format, bytes, lenient), "Image failed safety checks") << format;
    }
    EXPECT_EQ(outcome("raw", bytes), "Image failed safety checks");
  }
}

TEST(FormatCheck, RefusesOneUnsafeFormatOfSeveral) {
  const std::string polyglot = tests::overlaid(tests::qcow2({.backing_file = 1}), tests::iso());

  EXPECT_EQ(outcome("iso", polyglot, lenient), "Image failed safety checks");
}

TEST(FormatCheck, ToleratesOnlyTheNamedFailuresOfPartitionTables) {
  const std::string empty_table = tests::partitioned({});

  EXPECT_EQ(outcome("raw", empty_table), "Image failed safety checks");
  EXPECT_EQ(outcome("raw", empty_table, {.tolerated_gpt_failures = {"gptmbr"}}),
            "Image failed safety checks");
  EXPECT_EQ(outcome("raw", empty_table, {.tolerated_gpt_failures = {"other", "mbr"}}), "8192");
  EXPECT_EQ(outcome("raw", tests::qcow2({.backing_file = 1}), {.tolerated_gpt_failures = {"backing_file"}}),
            "Image failed safety checks");
}

TEST(FormatCheck, RefusesWhatItCannotInspectToTheEnd) {
  const std::string cut = tests::vhdx().substr(0, 200'000);
  const std::string endless = tests::vdi(~0ull);

  EXPECT_EQ(outcome("vhdx", cut), "Incomplete file cannot be safety checked");
  EXPECT_EQ(outcome("raw", cut), "Incomplete file cannot be safety checked");
  EXPECT_EQ(outcome("vdi", endless), "Image format inspection failed");
  EXPECT_EQ(outcome("vdi", endless, lenient), "no size");
  EXPECT_EQ(outcome("raw", cut, lenient), "200000");
}

TEST(FormatCheck, RefusesAsEarlyAsTheBytesAllow) {
  FormatCheck check(image_of("qcow2"), {});
  const std::string bytes(64 * 1024, '\1');

  EXPECT_THROW(check.see(bytes_of(bytes)), Error);
}

TEST(FormatCheck, MeasuresWhatComesLongAfterItsVerdict) {
  FormatCheck check(image_of("raw"), {});
  const std::string bytes(64 * 1024, '\0');

  for (int i = 0; i < 10; ++i) check.see(bytes_of(bytes));
  check.finish();

  EXPECT_EQ(check.virtual_size(), 10 * bytes.size());
}

TEST(ImageChecks, InspectOnlyDataThatStandsForItself) {
  model::Image image = image_of("qcow2");
  EXPECT_EQ(make_checks(image, {}).list.size(), 1u);

  for (const char* container : {"ovf", "ova", "docker", "ami", "compressed"}) {
    image.container_format = container;
    const ImageChecks checks = make_checks(image, {});
    EXPECT_TRUE(checks.list.empty()) << container;
    EXPECT_EQ(checks.virtual_size(), std::nullopt);
  }
}

}  // namespace
}  // namespace vitrine::transfer
