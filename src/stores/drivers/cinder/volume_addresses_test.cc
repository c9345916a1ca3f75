#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "stores/drivers/cinder/iscsi_volume.h"
#include "stores/drivers/cinder/nfs_volume.h"
#include "tests/contract/driver_contract.h"

namespace vitrine::stores {
namespace {

using ::testing::ElementsAre;

boost::json::object in_object(const std::string& text) {
  return boost::json::parse(text).as_object();
}

TEST(IscsiAddress, IsOneTargetWithChap) {
  const IscsiAddress address = read_iscsi_connection(in_object(
      R"({"target_portal": "10.0.0.1:3260", "target_iqn": "iqn.x:v", "target_lun": 1, "auth_method": "CHAP",)"
      R"("auth_username": "u", "auth_password": "p"})"));

  EXPECT_THAT(address.paths, ElementsAre(IscsiPath{"10.0.0.1:3260", "iqn.x:v", 1}));
  EXPECT_EQ(address.user + address.password, "up");
}

TEST(IscsiAddress, IsSeveralPathsIfThereAre) {
  const IscsiAddress address = read_iscsi_connection(
      in_object(R"({"target_portals": ["a:1", "b:2"], "target_iqns": ["x", "y"], "target_luns": [0, 7],)"
                R"("target_portal": "a:1", "target_iqn": "x", "target_lun": 0})"));

  EXPECT_THAT(address.paths, ElementsAre(IscsiPath{"a:1", "x", 0}, IscsiPath{"b:2", "y", 7}));
  EXPECT_EQ(address.user, "");
}

TEST(IscsiAddress, IsNothingWithoutATarget) {
  for (const std::string text : {"{}", R"({"target_portal": "a:1", "target_iqn": "x"})",
                                 R"({"target_portal": "a:1", "target_iqn": "x", "target_lun": -1})",
                                 R"({"target_portals": [], "target_iqns": [], "target_luns": []})"}) {
    EXPECT_EQ(tests::error_of([&] { read_iscsi_connection(in_object(text)); }), ErrorCode::unavailable)
        << text;
  }
}

TEST(NfsAddress, HasThePortsOfTheMountOptions) {
  const NfsAddress address = read_nfs_connection(
      in_object(R"({"export": "[fd00::1]:/vols", "name": "volume-1", "format": "raw",)"
                R"("options": "-o vers=3,proto=tcp,port=22049,mountport=22050,nolock"})"));

  EXPECT_EQ(address.server, "fd00::1");
  EXPECT_EQ(address.folder, "/vols");
  EXPECT_EQ(address.file, "/volume-1");
  EXPECT_EQ(address.query, "nfsport=22049&mountport=22050");
}

TEST(NfsAddress, NeedsNoOptions) {
  EXPECT_EQ(read_nfs_connection(in_object(R"({"export": "h:/v", "name": "n", "options": null})")).query, "");
}

TEST(NfsAddress, IsRefusedForWhatCannotBeWritten) {
  for (const std::string more :
       {R"("format": "qcow2")", R"("options": "vers=4.1")", R"("options": "-o nfsvers=4")"}) {
    EXPECT_EQ(tests::error_of([&] {
                read_nfs_connection(in_object(R"({"export": "h:/v", "name": "n", )" + more + "}"));
              }),
              ErrorCode::not_supported)
        << more;
  }
  for (const std::string text :
       {"{}", R"({"export": "/v", "name": "n"})", R"({"export": "h:/v", "name": "../n"})"}) {
    EXPECT_EQ(tests::error_of([&] { read_nfs_connection(in_object(text)); }), ErrorCode::unavailable) << text;
  }
}

}  // namespace
}  // namespace vitrine::stores
