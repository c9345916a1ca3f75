#include "base/text.h"
#include "tests/support/vsphere_fixture.h"

#include <thread>

/// What a store does with a server that does what it should.
namespace vitrine::tests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// A folder of its own on the datastores.
class ServerSubject : public DriverSubject {
 public:
  explicit ServerSubject(VmwareSettings settings) : settings_(std::move(settings)), driver_(settings_) {}

  stores::Driver& driver() override { return driver_; }

  std::vector<std::string> everything() override {
    std::vector<std::string> names;
    for (const VmwareDatastore& datastore : settings_.datastores) {
      const auto folder = on_disk(datastore, settings_.folder);
      if (!std::filesystem::exists(folder)) continue;
      for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        names.push_back(datastore.name + " " + entry.path().filename().string());
      }
    }
    return names;
  }

 private:
  const VmwareSettings settings_;
  VmwareDriver driver_;
};

DriverCase server_case(const std::string& name, const std::vector<VmwareDatastore>& datastores,
                       const std::string& folder_end = "") {
  return {name, [=] { return std::make_unique<ServerSubject>(new_settings(datastores, folder_end)); }};
}

const std::vector<DriverCase> cases = {
    server_case("OneDatastore", {ds1}),
    server_case("SeveralDatastores", {ds1, ds2, {"region/dc2", "ds1", 5}}),
    server_case("OddFolder", {ds1}, " of 50%/für alle?#&"),
};
INSTANTIATE_DRIVER_CONTRACT(Server, cases);

// Where blobs go.

TEST_F(VmwareServerTest, WritesLocationsAsGlanceDoes) {
  const Location location = write("blob", "content");

  EXPECT_EQ(location.uri, fmt::format("vsphere://{}/folder/{}/blob?dsName=ds1&dcPath=dc1",
                                      settings_.location_host, settings_.folder));
  EXPECT_THAT(files(ds1), ElementsAre("blob"));
}

TEST_F(VmwareServerTest, TellsDatastoresOfOneNameApartByTheirDatacenter) {
  start({far_ds1});

  const Location location = write("blob", "content");

  EXPECT_THAT(location.uri, HasSubstr("dsName=ds1&dcPath=region%2Fdc2"));
  EXPECT_THAT(files(far_ds1), ElementsAre("blob"));
  EXPECT_THAT(files(ds1), IsEmpty());
  driver_->remove({}, location);
  EXPECT_THAT(files(far_ds1), IsEmpty());
}

TEST_F(VmwareServerTest, ChoosesTheLargestWeightAndThenTheMostRoom) {
  start({ds1, ds2});
  set_free("ds1", 100 * mib);
  set_free("ds2", 200 * mib);
  write("roomy", "content");
  EXPECT_THAT(files(ds2), ElementsAre("roomy"));

  start({{"dc1", "ds1", 7}, ds2});
  write("weighty", "content", 7);
  EXPECT_THAT(files(ds1), ElementsAre("weighty"));
}

TEST_F(VmwareServerTest, GoesOnToLessWeightWhereThereIsNoRoom) {
  start({{"dc1", "ds1", 7}, ds2});
  set_free("ds1", 6);
  set_free("ds2", 100);

  write("blob", "content", 7);

  EXPECT_THAT(files(ds2), ElementsAre("blob"));
}

TEST_F(VmwareServerTest, IsFullWhenNoDatastoreHasTheRoom) {
  start({ds1, ds2});
  set_free("ds1", 6);
  set_free("ds2", 0);

  EXPECT_EQ(error_of([&] { driver_->create({}, {"blob"}, 7); }), ErrorCode::storage_full);
  set_free("ds1", 0);
  EXPECT_EQ(error_of([&] { driver_->create({}, {"blob"}, {}); }), ErrorCode::storage_full);
}

TEST_F(VmwareServerTest, UsesTheOtherDatastoresWhenOneIsMissing) {
  start({{"dc1", "gone", 7}, {"nowhere", "ds1", 7}, ds1});

  EXPECT_EQ(read(write("blob", "content")), "content");
  EXPECT_THAT(message_of(ErrorCode::configuration, [&] { driver_->require_usable(); }),
              HasSubstr("dc1:gone, nowhere:ds1"));
}

TEST_F(VmwareServerTest, TakesNoDataWithoutAnyDatastore) {
  start({{"dc1", "gone"}});

  EXPECT_THAT(message_of(ErrorCode::storage_denied, [&] { write("blob", "content"); }),
              HasSubstr("vmware_datastores"));
}

// Sessions.

TEST_F(VmwareServerTest, LogsInAnewWheneverTheSessionIsOver) {
  const std::string content = varied_content(300'000);
  const Location location = write("blob", content);

  order("expire");
  EXPECT_TRUE(read(location) == content);
  order("expire");
  EXPECT_EQ(driver_->size({}, location), content.size());
  order("expire");
  EXPECT_EQ(driver_->space({}).total > 0, true);
  order("expire");
  EXPECT_THAT(driver_->list({}), ElementsAre("blob"));
  order("expire");
  driver_->remove({}, location);
  EXPECT_THAT(files(ds1), IsEmpty());
}

TEST_F(VmwareServerTest, SurvivesTheEndOfItsSessionAtAnyPointOfAnUpload) {
  const std::string content = varied_content(700'000);

  for (int point = 0; point < 4; ++point) {
    const auto end_at = [&](int here) {
      if (point == here) order("expire");
    };
    end_at(0);
    const auto writer = driver_->create({}, {"blob"}, content.size());
    end_at(1);
    writer->write(bytes_of(content.substr(0, 400'000)));
    end_at(2);
    writer->write(bytes_of(content.substr(400'000)));
    end_at(3);
    const Location location = writer->commit();
    EXPECT_TRUE(read(location) == content) << point;
    driver_->remove({}, location);
  }
}

TEST_F(VmwareServerTest, SurvivesTheEndOfItsSessionInADownload) {
  const std::string content = varied_content(4'000'000);
  const Location location = write("blob", content);
  const auto reader = driver_->open({}, location, {});
  std::vector<std::byte> space(1000);
  reader->read(space);

  order("expire");

  EXPECT_TRUE(std::string(text_of(space)) + read_all(*reader, 100'000) == content);
}

TEST_F(VmwareServerTest, LogsInOnceForManyAndOutAtTheEnd) {
  order("expire");
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) threads.emplace_back([&] { driver_->space({}); });
  }
  EXPECT_EQ(trim(order("sessions")), "1");

  driver_.reset();

  EXPECT_EQ(trim(order("sessions")), "0");
}

TEST_F(VmwareServerTest, SaysWhenUserOrPasswordAreWrong) {
  VmwareSettings settings = new_settings();
  settings.password = "wrong-password";
  start_with(std::move(settings));

  const std::string message = message_of(ErrorCode::storage_denied, [&] { driver_->space({}); });

  EXPECT_THAT(message, HasSubstr("vmware_server_password"));
  EXPECT_THAT(message, Not(HasSubstr("wrong-password")));
}

// Whom it trusts.

TEST_F(VmwareServerTest, TrustsTheServerByItsThumbprint) {
  VmwareSettings settings = new_settings();
  std::string thumbprint = to_lower(from_environment("VSPHERE_THUMBPRINT_SHA1"));
  std::erase(thumbprint, ':');
  settings.client = {.fingerprint = thumbprint};
  start_with(settings);
  EXPECT_EQ(read(write("blob", "content")), "content");

  settings.client.fingerprint.front() = settings.client.fingerprint.front() == '0' ? '1' : '0';
  start_with(settings);
  EXPECT_EQ(error_of([&] { driver_->space({}); }), ErrorCode::unavailable);
}

TEST_F(VmwareServerTest, TrustsNoStrangerUnlessItIsTold) {
  VmwareSettings settings = new_settings();
  settings.client = {};
  start_with(settings);
  EXPECT_EQ(error_of([&] { driver_->space({}); }), ErrorCode::unavailable);

  settings.client.verifies_peers = false;
  start_with(settings);
  EXPECT_EQ(read(write("blob", "content")), "content");
}

}  // namespace
}  // namespace vitrine::tests
