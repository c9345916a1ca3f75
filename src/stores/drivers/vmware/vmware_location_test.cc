#include "stores/drivers/vmware/vmware_location.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace vitrine::stores {
namespace {

TEST(VmwareLocation, IsWrittenAsGlanceWritesIt) {
  const VmwareLocation location{"vc", "openstack_glance/71c675ab", "ds 1", "region/dc2"};

  EXPECT_EQ(to_uri(location),
            "vsphere://vc/folder/openstack_glance/71c675ab?dsName=ds+1&dcPath=region%2Fdc2");
  EXPECT_EQ(to_uri({"[fd00::1]", "a folder/id", "ds1", {}}),
            "vsphere://[fd00::1]/folder/a folder/id?dsName=ds1");
}

TEST(VmwareLocation, ComesBackFromItsUri) {
  for (const VmwareLocation& location :
       {VmwareLocation{"vc", "openstack_glance/id", "ds1", "dc1"},
        VmwareLocation{"vc:8443", "a b/ü%20?#&", "d&s", "/d=c"}, VmwareLocation{"[::1]", "id", "ds1", {}}}) {
    EXPECT_EQ(parse_vmware_location(to_uri(location)), location) << to_uri(location);
  }
}

TEST(VmwareLocation, IsReadAsOthersMayWriteIt) {
  const VmwareLocation expected{"vc", "vmware images/disk.vmdk", "ds1", "dc1"};

  for (const char* uri :
       {"vsphere://vc/folder/vmware images/disk.vmdk?dcPath=dc1&dsName=ds1",
        "VSPHERE://vc/folder/vmware%20images/disk.vmdk?dsName=ds1&dcPath=dc1&dsName=other#part"}) {
    EXPECT_EQ(parse_vmware_location(uri), expected) << uri;
  }
}

TEST(VmwareLocation, IsNotReadFromWhatLeadsElsewhere) {
  for (const char* uri :
       {"", "vsphere://", "vsphere://vc", "vsphere://vc?dsName=ds1", "vsphere://vc/folder/id",
        "vsphere://vc/folder/?dsName=ds1", "vsphere://vc/other/id?dsName=ds1",
        "vsphere://vc/folder/id?dcPath=dc1", "vsphere://vc/folder/id?dsName=",
        "vsphere://vc/folder/../sdk?dsName=ds1", "vsphere://vc/folder/a/%2e%2e/id?dsName=ds1",
        "vsphere://vc/folder/a%2F..%2Fid?dsName=ds1", "vsphere://vc/folder/a//id?dsName=ds1",
        "vsphere://vc/folder/a%0Aid?dsName=ds1", "vsphere://vc/folder/a%zz?dsName=ds1",
        "vsphere://vc/folder/id?dsName=%zz", "https://vc/folder/id?dsName=ds1"}) {
    try {
      parse_vmware_location(uri);
      ADD_FAILURE() << uri;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid) << uri;
    }
  }
}

TEST(VmwareLocation, IsAskedForInCharactersThatARequestMayHold) {
  EXPECT_EQ(request_target({"vc", "a b/ü%?.~-_", "ds 1", "d/c"}),
            "/folder/a%20b/%C3%BC%25%3F.~-_?dsName=ds+1&dcPath=d%2Fc");
}

}  // namespace
}  // namespace vitrine::stores
