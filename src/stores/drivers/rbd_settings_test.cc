#include "stores/drivers/rbd_settings.h"

#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>
#include <fstream>

#include "base/error.h"
#include "tests/support/temporary_directory.h"

namespace vitrine::stores {
namespace {

using ::testing::ElementsAre;

class RbdSettingsTest : public ::testing::Test {
 protected:
  /// A configuration whose store [fast] has these lines, and a ceph.conf of its own.
  std::unique_ptr<config::Config> config_of(const std::string& lines,
                                            const std::string& ceph_conf = "[global]\nfsid = 11\n") const {
    const std::filesystem::path file = place_.path() / "test.conf";
    const std::filesystem::path ceph = place_.path() / "ceph.conf";
    std::ofstream(ceph) << ceph_conf;
    std::ofstream(file) << "[fast]\nrbd_store_ceph_conf = " << ceph.string() << "\n"
                        << lines << "\n[DEFAULT]\nenabled_backends = fast:rbd\n";
    config::Search search;
    search.sources = {{config::Source::Kind::file, file}};
    return std::make_unique<config::Config>(search, rbd_options());
  }
  RbdSettings read(const std::string& lines) const { return read_rbd_settings(*config_of(lines), "fast"); }

  tests::TemporaryDirectory place_;
};

TEST_F(RbdSettingsTest, AreGlancesIfNothingIsSet) {
  const RbdSettings settings = read("");

  EXPECT_EQ(settings.pool, "images");
  EXPECT_EQ(settings.data_pool, "");
  EXPECT_EQ(settings.user, "");
  EXPECT_LT(settings.timeout.count(), 0);
  EXPECT_EQ(settings.object_size, 8u << 20);
  EXPECT_FALSE(settings.is_thin);
}

TEST_F(RbdSettingsTest, ComeFromTheStoresSection) {
  const RbdSettings settings = read(
      "rbd_store_pool = cold\nrbd_store_data_pool = coded\nrbd_store_user = glance\n"
      "rados_connect_timeout = 5\nrbd_store_chunk_size = 4\nrbd_thin_provisioning = true\n");

  EXPECT_EQ(settings.pool, "cold");
  EXPECT_EQ(settings.data_pool, "coded");
  EXPECT_EQ(settings.user, "glance");
  EXPECT_EQ(settings.timeout, std::chrono::seconds{5});
  EXPECT_EQ(settings.object_size, 4u << 20);
  EXPECT_TRUE(settings.is_thin);
}

// As Glance, which takes the logarithm.
TEST_F(RbdSettingsTest, RoundTheChunkSizeDownToAPowerOfTwo) {
  EXPECT_EQ(read("rbd_store_chunk_size = 6\n").object_size, 4u << 20);
  EXPECT_EQ(read("rbd_store_chunk_size = 63\n").object_size, 32u << 20);
}

TEST_F(RbdSettingsTest, TakeNoChunkThatCephDoesNotTake) {
  for (const char* size : {"0", "64"}) {
    EXPECT_THROW(read(std::string("rbd_store_chunk_size = ") + size), Error) << size;
  }
}

TEST_F(RbdSettingsTest, KnowTheUrisOfTheStoreByTheFsid) {
  EXPECT_THAT(rbd_uri_prefixes(*config_of("rbd_store_pool = a b"), "fast"), ElementsAre("rbd://11/a%20b/"));
  EXPECT_THAT(rbd_uri_prefixes(*config_of("", ""), "fast"), ElementsAre("rbd://"));
}

TEST_F(RbdSettingsTest, ShowWhatGlanceShows) {
  EXPECT_EQ(boost::json::serialize(rbd_properties(*config_of("rbd_store_chunk_size = 4"), "fast")),
            R"({"chunk_size":4194304,"pool":"images","thin_provisioning":false,"fsid":"11"})");
  EXPECT_FALSE(rbd_properties(*config_of("", ""), "fast").contains("fsid"));
}

}  // namespace
}  // namespace vitrine::stores
