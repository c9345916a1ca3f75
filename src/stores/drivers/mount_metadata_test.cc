#include "stores/drivers/mount_metadata.h"

#include <gmock/gmock.h>

#include <fstream>

#include "base/error.h"
#include "tests/support/temporary_directory.h"

namespace vitrine::stores {
namespace {

using ::testing::HasSubstr;

TEST(MountMetadata, IsEmptyWithoutEntries) {
  EXPECT_TRUE(MountMetadata().of("/mnt/a").empty());
}

TEST(MountMetadata, GivesTheFirstEntryWhoseMountPointIsAPrefix) {
  const MountMetadata mounts(R"([{"id": "1", "mountpoint": "/mnt/b"},
                                 {"id": "2", "mountpoint": "/mnt", "share_location": "nfs://host/export"},
                                 {"id": "3", "mountpoint": "/mnt/a"}])");

  EXPECT_EQ(mounts.of("/mnt/a/image").at("id"), "2");
  EXPECT_EQ(mounts.of("/mnt/a/image").at("share_location"), "nfs://host/export");
  EXPECT_EQ(mounts.of("/mnt/b/image").at("id"), "1");
  EXPECT_TRUE(mounts.of("/srv/image").empty());
}

TEST(MountMetadata, MayBeOneObject) {
  EXPECT_EQ(MountMetadata(R"({"id": "1", "mountpoint": "/mnt"})").of("/mnt/a").at("id"), "1");
}

TEST(MountMetadata, IsRefusedIfItIsNotAsGlanceWantsIt) {
  for (const char* text :
       {"", "{", "7", "[7]", "{}", R"({"id": "1"})", R"({"mountpoint": "/mnt"})",
        R"({"id": 1, "mountpoint": "/mnt"})", R"({"id": "1", "mountpoint": "/mnt", "size": 7})",
        R"({"id": "1", "mountpoint": "/mnt", "list": ["a", {"b": null}]})"}) {
    EXPECT_THROW(MountMetadata{text}, Error) << text;
  }
}

TEST(MountMetadata, NamesTheFileThatIsFaulty) {
  const tests::TemporaryDirectory place;
  const std::string faulty = place.path() / "faulty.json";
  std::ofstream(faulty) << "{";

  for (const std::string& file : {faulty, (place.path() / "missing.json").string(), place.path().string()}) {
    try {
      MountMetadata::from_file(file);
      FAIL() << "no error";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::configuration);
      EXPECT_THAT(error.what(), HasSubstr(file));
    }
  }
}

}  // namespace
}  // namespace vitrine::stores
