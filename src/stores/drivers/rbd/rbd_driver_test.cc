#include "stores/drivers/rbd/rbd_driver.h"

#include <gmock/gmock.h>
#include <rados/librados.h>
#include <rbd/librbd.h>

#include <thread>

#include "base/error.h"
#include "stores/drivers/rbd/rbd_error.h"
#include "stores/drivers/rbd/rbd_image.h"
#include "stores/drivers/rbd/rbd_writer.h"
#include "stores/drivers/rbd_location.h"
#include "tests/contract/driver_contract.h"
#include "tests/support/ceph_fixture.h"

namespace vitrine::tests {
namespace {

using stores::Location;
using stores::RbdAccess;
using stores::RbdCluster;
using stores::RbdDriver;
using stores::RbdImage;
using stores::RbdSettings;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::size_t mebibyte = std::size_t{1} << 20;

/// A driver beside the eyes of an outsider. What a test leaves in the pool fails it.
class RbdDriverTest : public ::testing::Test {
 protected:
  ~RbdDriverTest() override { EXPECT_THAT(everything_in(outside_.pool()), IsEmpty()); }

  Location write(stores::Driver& driver, std::string_view content, std::optional<std::uint64_t> size = {}) {
    const auto writer = driver.create(call_, {"blob"}, size);
    writer->write(bytes_of(content));
    return writer->commit();
  }

  RbdImage image(RbdAccess access = RbdAccess::read, const std::string& snapshot = {}) const {
    return {outside_.pool(), "blob", snapshot, access};
  }
  rbd_image_info_t info() const {
    rbd_image_info_t info{};
    stores::check_rbd(::rbd_stat(image().handle(), &info, sizeof info), "look at an image");
    return info;
  }
  bool is_protected(const std::string& snapshot) const {
    int is_protected = 0;
    stores::check_rbd(::rbd_snap_is_protected(image().handle(), snapshot.c_str(), &is_protected), "look");
    return is_protected != 0;
  }
  std::size_t data_objects(const stores::RbdPool& pool) const {
    const std::string prefix = info().block_name_prefix;
    std::size_t count = 0;
    rados_list_ctx_t list = nullptr;
    stores::check_rbd(::rados_nobjects_list_open(pool.handle(), &list), "list");
    for (const char* object = nullptr; ::rados_nobjects_list_next(list, &object, nullptr, nullptr) == 0;) {
      count += std::string_view(object).starts_with(prefix) ? 1 : 0;
    }
    ::rados_nobjects_list_close(list);
    return count;
  }

  const stores::StoreCall call_;
  const RbdSettings settings_ = ceph_store();
  const RbdCluster outside_{settings_};
};

// What Glance, Cinder and Nova find

TEST_F(RbdDriverTest, WritesImagesAsGlanceDoes) {
  RbdDriver driver(settings_);

  const Location location = write(driver, "content");

  EXPECT_EQ(location.uri, "rbd://" + ceph_setting("CEPH_FSID") + "/images/blob/snap");
  EXPECT_EQ(info().order, 23);
  EXPECT_EQ(info().size, 7u);
  EXPECT_TRUE(is_protected("snap"));
  std::uint64_t features = 0;
  ::rbd_get_features(image().handle(), &features);
  EXPECT_EQ(features, 61u) << "ceph.conf says nothing, so that the library's own are taken";
  driver.remove(call_, location);
}

TEST_F(RbdDriverTest, TakesFeaturesFromCephConfAndLayeringAloneForNone) {
  for (const auto& [configured, expected] : {std::pair(5, 5u), std::pair(0, 1u)}) {
    RbdSettings settings = settings_;
    settings.ceph_conf = ceph_conf_with("rbd_default_features = " + std::to_string(configured));
    RbdDriver driver(settings);

    const Location location = write(driver, "content");

    std::uint64_t features = 0;
    ::rbd_get_features(image().handle(), &features);
    EXPECT_EQ(features, expected);
    driver.remove(call_, location);
  }
}

TEST_F(RbdDriverTest, KeepsDataInItsDataPoolAndTheRestInItsPool) {
  RbdSettings settings = settings_;
  settings.data_pool = ceph_setting("RBD_DATA_POOL");
  RbdDriver driver(settings);

  const Location location = write(driver, "content");

  EXPECT_THAT(location.uri, HasSubstr("/images/blob/snap"));
  EXPECT_EQ(::rbd_get_data_pool_id(image().handle()),
            ::rados_ioctx_get_id(outside_.pool(settings.data_pool).handle()));
  driver.remove(call_, location);
}

TEST_F(RbdDriverTest, ReadsAndRemovesAnImageThatHasNoSnapshot) {
  RbdDriver driver(settings_);
  int order = 0;
  ASSERT_EQ(::rbd_create2(outside_.pool().handle(), "blob", 7, 1, &order), 0);
  ASSERT_EQ(::rbd_write(image(RbdAccess::write).handle(), 0, 7, "content"), 7);
  const Location location{"rbd://blob", {}};

  EXPECT_EQ(driver.size(call_, location), 7u);
  EXPECT_EQ(read_all(*driver.open(call_, location, {}), 3), "content");
  driver.remove(call_, location);
}

TEST_F(RbdDriverTest, ReadsFromAnotherPoolOfItsCluster) {
  RbdSettings settings = settings_;
  settings.pool = "cold";
  RbdDriver other(settings);
  const Location location = write(other, "content");
  RbdDriver driver(settings_);

  EXPECT_EQ(read_all(*driver.open(call_, location, {}), 100), "content");
  driver.remove(call_, location);
  EXPECT_EQ(error_of([&] { other.size(call_, location); }), ErrorCode::not_found);
}

TEST_F(RbdDriverTest, FindsNothingInAPoolThatIsNotThere) {
  RbdDriver driver(settings_);

  EXPECT_EQ(error_of([&] {
              driver.open(call_, {"rbd://fsid/nowhere/a/snap", {}}, {});
            }),
            ErrorCode::not_found);
}

// Writing

TEST_F(RbdDriverTest, GrowsWithDataOfUnknownSizeAndEndsWithIt) {
  RbdSettings settings = settings_;
  settings.object_size = mebibyte;
  RbdDriver driver(settings);
  const std::string content = varied_content(30 * mebibyte + 5);

  const Location location = write(driver, content);

  EXPECT_EQ(info().size, content.size());
  EXPECT_EQ(info().order, 20);
  EXPECT_TRUE(read_all(*driver.open(call_, location, {}), 300'000) == content);
  driver.remove(call_, location);
}

TEST_F(RbdDriverTest, LeavesZerosUnwrittenOnlyWhenThin) {
  const std::string content = std::string(4 * mebibyte, '\0') + "end";
  for (const bool is_thin : {false, true}) {
    RbdSettings settings = settings_;
    settings.object_size = mebibyte;
    settings.is_thin = is_thin;
    RbdDriver driver(settings);

    const Location location = write(driver, content, content.size());

    EXPECT_EQ(data_objects(outside_.pool()), is_thin ? 1u : 5u);
    EXPECT_TRUE(read_all(*driver.open(call_, location, {}), mebibyte) == content);
    driver.remove(call_, location);
  }
}

TEST_F(RbdDriverTest, StopsWritingWhenAsked) {
  RbdDriver driver(settings_);
  std::stop_source stop;
  const auto writer = driver.create({.stop = stop.get_token()}, {"blob"}, {});
  writer->write(bytes_of("content"));
  stop.request_stop();

  // The write may have ended already: then there was nothing to wait for.
  try {
    driver.remove(call_, writer->commit());
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
  }
}

TEST_F(RbdDriverTest, RemovesWhatADeadWriterLeft) {
  RbdDriver driver(settings_);
  int order = 0;
  const std::string hidden = stores::new_hidden_name("blob");
  const std::string of_another = stores::new_hidden_name("blob-2");
  for (const std::string& name : {hidden, of_another})
    ASSERT_EQ(::rbd_create2(outside_.pool().handle(), name.c_str(), 7, 61, &order), 0);

  driver.discard(call_, {"blob"});

  EXPECT_THAT(stores::rbd_image_names(outside_.pool()), ::testing::ElementsAre(of_another));
  driver.discard(call_, {"blob-2"});
}

TEST_F(RbdDriverTest, RemovesWhatAWriterLeftAsSoonAsTheClusterHasSeenItsDeath) {
  RbdDriver driver(settings_);
  int order = 0;
  const std::string hidden = stores::new_hidden_name("blob");
  ASSERT_EQ(::rbd_create2(outside_.pool().handle(), hidden.c_str(), 7, 1, &order), 0);
  std::optional<RbdImage> held;
  held.emplace(outside_.pool(), hidden, "", RbdAccess::write);

  driver.discard(call_, {"blob"});
  EXPECT_THAT(stores::rbd_image_names(outside_.pool()), SizeIs(1));
  held.reset();

  const Deadline deadline = deadline_in(std::chrono::seconds{30});
  while (!stores::rbd_image_names(outside_.pool()).empty() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  EXPECT_THAT(stores::rbd_image_names(outside_.pool()), IsEmpty());
}

TEST_F(RbdDriverTest, KnowsItsHiddenNames) {
  const std::string hidden = stores::new_hidden_name("a-b");

  EXPECT_EQ(stores::future_name(hidden), "a-b");
  EXPECT_TRUE(stores::is_hidden_name(hidden));
  for (const char* name : {"a-b", ".vitrine-a-b", ".vitrine-", "", ".b"})
    EXPECT_FALSE(stores::is_hidden_name(name)) << name;
}

// In use

TEST_F(RbdDriverTest, RefusesToRemoveAnImageWithClones) {
  RbdDriver driver(settings_);
  const Location location = write(driver, "content");
  int order = 0;
  void* pool = outside_.pool().handle();
  ASSERT_EQ(::rbd_clone2(pool, "blob", "snap", pool, "clone", 1, &order, 0, 0), 0);

  EXPECT_EQ(error_of([&] { driver.remove(call_, location); }), ErrorCode::conflict);

  EXPECT_TRUE(is_protected("snap"));
  EXPECT_EQ(read_all(*driver.open(call_, location, {}), 100), "content");
  ASSERT_EQ(::rbd_remove(pool, "clone"), 0);
  driver.remove(call_, location);
}

TEST_F(RbdDriverTest, MovesAnImageToTheTrashWhoseClonesHoldUpNothing) {
  RbdDriver driver(settings_);
  const Location location = write(driver, "content");
  void* pool = outside_.pool().handle();
  rbd_image_options_t options = nullptr;
  ::rbd_image_options_create(&options);
  ::rbd_image_options_set_uint64(options, RBD_IMAGE_OPTION_CLONE_FORMAT, 2);
  ASSERT_EQ(::rbd_clone3(pool, "blob", "snap", pool, "clone", options), 0);
  ::rbd_image_options_destroy(options);
  const std::string id = image().id();

  driver.remove(call_, location);

  EXPECT_EQ(error_of([&] { driver.size(call_, location); }), ErrorCode::not_found);
  {
    const RbdImage clone(outside_.pool(), "clone", "", RbdAccess::read);
    char content[8] = "";
    EXPECT_EQ(::rbd_read(clone.handle(), 0, 7, content), 7);
    EXPECT_STREQ(content, "content");
  }
  ASSERT_EQ(::rbd_remove(pool, "clone"), 0);
  ASSERT_EQ(::rbd_trash_remove(pool, id.c_str(), false), 0);
}

TEST_F(RbdDriverTest, RefusesToRemoveAnImageThatSomebodyHasOpen) {
  RbdDriver driver(settings_);
  const Location location = write(driver, "content");
  std::optional<RbdImage> held = image(RbdAccess::write);

  EXPECT_EQ(error_of([&] { driver.remove(call_, location); }), ErrorCode::conflict);

  EXPECT_TRUE(is_protected("snap"));
  held.reset();
  driver.remove(call_, location);
}

// As soon as it is removed, an image reads as zeros.
TEST_F(RbdDriverTest, FailsAReaderWhoseImageIsRemoved) {
  RbdDriver driver(settings_);
  const std::string content(40 * mebibyte, 'x');
  const Location location = write(driver, content, content.size());
  const auto reader = driver.open(call_, location, {});
  std::vector<std::byte> space(1000);
  ASSERT_EQ(reader->read(space), space.size());

  driver.remove(call_, location);

  std::string rest;
  EXPECT_EQ(error_of([&] {
              while (const std::size_t count = reader->read(space))
                rest += text_of(Bytes(space).first(count));
            }),
            ErrorCode::not_found);
  EXPECT_EQ(rest.find_first_not_of('x'), std::string::npos);
}

// Connecting

/// What the driver says that cannot be made.
Error failure_to_make(const RbdSettings& settings) {
  try {
    RbdDriver driver(settings);
  } catch (const Error& error) {
    return error;
  }
  return {ErrorCode::internal, "it was made"};
}

TEST_F(RbdDriverTest, SaysWhatIsWrongWithItsConfiguration) {
  RbdSettings no_conf = settings_;
  no_conf.ceph_conf = "/nonexistent/ceph.conf";
  RbdSettings no_keyring = settings_;
  no_keyring.user = "nobody";
  RbdSettings no_pool = settings_;
  no_pool.pool = "nowhere";
  RbdSettings no_data_pool = settings_;
  no_data_pool.data_pool = "nowhere";
  RbdSettings wrong_key = settings_;
  wrong_key.ceph_conf = ceph_conf_with("key = AQDD2rdfAAAAABAAGbhMbMKHLZ5wjlhlVqkkUA==");

  const std::pair<RbdSettings, std::string> cases[] = {
      {no_conf, "/nonexistent/ceph.conf cannot be read"},
      {no_keyring, "no keyring that has a key for client.nobody"},
      {no_pool, "has no pool nowhere"},
      {no_data_pool, "has no pool nowhere"},
      {wrong_key, "refuses the key of client.glance"},
  };
  for (const auto& [settings, message] : cases) {
    const Error error = failure_to_make(settings);
    EXPECT_EQ(error.code(), ErrorCode::configuration) << error.what();
    EXPECT_THAT(error.what(), HasSubstr(message));
  }
}

TEST_F(RbdDriverTest, GivesUpConnectingInTime) {
  RbdSettings settings = settings_;
  settings.timeout = std::chrono::seconds{1};
  settings.ceph_conf = ceph_conf_with("mon_host = [v2:127.0.0.1:1/0]");

  const Error error = failure_to_make(settings);

  EXPECT_EQ(error.code(), ErrorCode::unavailable) << error.what();
}

// The fixture's pool for images is not one that this user may use.
TEST_F(RbdDriverTest, MayNotWriteWithoutTheRights) {
  RbdSettings settings = settings_;
  settings.user = "stranger";
  RbdDriver driver(settings);

  EXPECT_EQ(error_of([&] { driver.create(call_, {"blob"}, {}); }), ErrorCode::storage_denied);
}

// Errors

TEST(RbdError, SaysWhetherAnotherTryCanHelp) {
  EXPECT_TRUE(can_retry(stores::rbd_error(-ETIMEDOUT, "try").code()));
  EXPECT_EQ(stores::rbd_error(-ENOSPC, "try").code(), ErrorCode::storage_full);
  EXPECT_EQ(stores::rbd_error(-EDQUOT, "try").code(), ErrorCode::storage_full);
  EXPECT_EQ(stores::rbd_error(-EIO, "try").code(), ErrorCode::internal);
  EXPECT_NO_THROW(stores::check_rbd(3, "try"));
}

}  // namespace
}  // namespace vitrine::tests
