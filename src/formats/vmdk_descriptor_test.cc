#include "formats/vmdk_descriptor.h"

#include <gtest/gtest.h>

#include "tests/support/disk_images.h"

namespace vitrine::formats {
namespace {

using namespace std::string_literals;

bool is_dangerous(std::string_view text) {
  return danger_of_vmdk_descriptor(text).has_value();
}

TEST(VmdkDescriptor, OfASparseDiskIsHarmless) {
  EXPECT_FALSE(is_dangerous(tests::vmdk_descriptor()));
  EXPECT_FALSE(is_dangerous(tests::vmdk_descriptor({.type = "streamOptimized"})));
  EXPECT_FALSE(
      is_dangerous(tests::vmdk_descriptor({.extents = " RDONLY 5 SPARSE \"a\" \r\nNOACCESS 4 ZERO\n"})));
}

TEST(VmdkDescriptor, EndsAtItsFirstNul) {
  EXPECT_FALSE(is_dangerous(tests::vmdk_descriptor() + "\0createType=\"custom\"\n\xff"s));
  EXPECT_TRUE(is_dangerous("\0"s + tests::vmdk_descriptor()));
}

TEST(VmdkDescriptor, OfAnyOtherTypeIsDangerous) {
  for (const char* type :
       {"monolithicFlat", "twoGbMaxExtentSparse", "twoGbMaxExtentFlat", "vmfs", "vmfsSparse", "vmfsRaw",
        "fullDevice", "partitionedDevice", "custom", "monolithicSparse "}) {
    EXPECT_TRUE(is_dangerous(tests::vmdk_descriptor({.type = type}))) << type;
  }
}

TEST(VmdkDescriptor, HidesNoSecondType) {
  for (const char* more : {"createType=\"custom\"\n", "# createType=\"custom\"\n",
                           "ddb.x=createtype=\"custom\"\n", "createType=\"monolithicSparse\n"}) {
    EXPECT_TRUE(is_dangerous(tests::vmdk_descriptor({.more = more}))) << more;
    EXPECT_TRUE(is_dangerous(more + tests::vmdk_descriptor())) << more;
  }
}

TEST(VmdkDescriptor, HidesNoExtentInAnAssignment) {
  for (const char* extent :
       {"RW\t1\tFLAT\t\"/a=b\"\t0\n", "RW\v1 FLAT \"/a=b\"\n", "\tRW 1 FLAT \"/a\"=\n"}) {
    EXPECT_TRUE(is_dangerous(tests::vmdk_descriptor({.more = extent}))) << extent;
  }
}

TEST(VmdkDescriptor, NamesNoParent) {
  for (const char* more : {"parentFileNameHint=\"base.vmdk\"\n", "# PARENTFILENAMEHINT=\"x\"\n"}) {
    EXPECT_TRUE(is_dangerous(tests::vmdk_descriptor({.more = more}))) << more;
  }
}

TEST(VmdkDescriptor, NeedsToBeUnderstoodWhole) {
  for (const char* more : {"something\n", "rw\n", "a b=c\n", "rwx 1 FLAT \"x\"\n", "=\n \x01\n"}) {
    const bool is_extent = std::string_view(more) == "rw\n";
    EXPECT_EQ(is_dangerous(tests::vmdk_descriptor({.more = more})), !is_extent) << more;
  }
  EXPECT_TRUE(is_dangerous(tests::vmdk_descriptor({.more = "# \xc3\xa4\n"})));
}

TEST(VmdkDescriptor, ReasonsRepeatNothingOfTheText) {
  const auto danger = danger_of_vmdk_descriptor(tests::vmdk_descriptor({.more = "hunter2 is secret\n"}));

  EXPECT_EQ(danger->find("hunter2"), std::string::npos);
}

TEST(VmdkDescriptor, IsRecognisedByItsType) {
  EXPECT_TRUE(is_vmdk_descriptor("# x\nCREATETYPE=\"\n"));
  EXPECT_FALSE(is_vmdk_descriptor("createType = \"monolithicSparse\""));
  EXPECT_FALSE(is_vmdk_descriptor("abc\0createType=\""s));
}

}  // namespace
}  // namespace vitrine::formats
