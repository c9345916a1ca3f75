#include <gmock/gmock.h>

#include <thread>

#include "base/ids.h"
#include "stores/drivers/cinder/cinder_location.h"
#include "stores/drivers/cinder/cinder_node.h"
#include "tests/contract/driver_contract.h"
#include "tests/support/cinder_fixture.h"

/// What a store does with a Cinder and real back ends, beside what every driver does.
namespace vitrine::tests {
namespace {

using stores::CinderDriver;
using stores::CinderSettings;
using stores::CinderVolume;
using stores::CinderVolumes;
using stores::Location;
using ::testing::HasSubstr;

constexpr std::uint64_t gibibyte = std::uint64_t{1} << 30;

class CinderServiceTest : public ::testing::TestWithParam<const char*> {
 protected:
  CinderServiceTest() { start(); }

  void start() {
    driver_.reset();
    driver_ = std::make_unique<CinderDriver>(settings_, make_linked_connector);
  }

  Location write(const std::string& content, std::optional<std::uint64_t> size = {}) {
    const auto writer = driver_->create({}, {name_}, size);
    writer->write(bytes_of(content));
    return writer->commit();
  }
  CinderVolume volume_of(const Location& location) {
    return outside_.find({}, stores::parse_cinder_location(location.uri).volume_id).value();
  }

  const std::string name_ = new_uuid();
  CinderSettings settings_ = cinder_store(GetParam());
  CinderVolumes outside_{settings_};
  std::unique_ptr<CinderDriver> driver_;
};

/// Data that would be tedious to write: zeros up to the mark, then the mark.
void write_far(stores::BlobWriter& writer, std::uint64_t zeros, const std::string& mark) {
  const std::vector<std::byte> piece(std::size_t{4} << 20);
  for (std::uint64_t at = 0; at < zeros; at += piece.size()) {
    writer.write(Bytes(piece).first(std::min<std::uint64_t>(piece.size(), zeros - at)));
  }
  writer.write(bytes_of(mark));
}

TEST_P(CinderServiceTest, DescribesVolumesAsGlanceDoes) {
  model::Caller caller;
  caller.project_id = "owner";
  const auto writer = driver_->create({.caller = &caller}, {name_}, {});
  writer->write(bytes_of("content"));
  const Location location = writer->commit();

  const CinderVolume volume = volume_of(location);
  EXPECT_EQ(location.uri, fmt::format("cinder://volumes/{}", volume.id));
  EXPECT_EQ(volume.name, "image-" + name_);
  EXPECT_EQ(volume.status, "available");
  EXPECT_EQ(volume.gibibytes, 1u);
  const std::map<std::string, std::string> expected{
      {"glance_image_id", name_}, {"image_size", "7"}, {"image_owner", "owner"}, {"readonly", "True"}};
  EXPECT_EQ(volume.metadata, expected);
  driver_->remove({}, location);
}

/// Cinder's own grow by what it calls a gibibyte; for the store that is much less here.
TEST_P(CinderServiceTest, GrowsDetachedOrAttachedAsConfigured) {
  settings_.gibibyte = std::uint64_t{8} << 20;
  settings_.times.resize = std::chrono::milliseconds(500);
  const std::string content = varied_content(settings_.gibibyte + 5000);
  for (const bool is_attached : {false, true}) {
    settings_.extends_attached = is_attached;
    start();
    const Location location = write(content);

    EXPECT_EQ(volume_of(location).gibibytes, 2u);
    EXPECT_EQ(driver_->size({}, location), content.size());
    EXPECT_EQ(read_all(*driver_->open({}, location, {}), std::size_t{1} << 20), content);
    driver_->remove({}, location);
  }
}

TEST_P(CinderServiceTest, WritesBeyondTheFirstRealGibibyte) {
  settings_.extends_attached = true;
  settings_.times.resize = std::chrono::milliseconds(500);
  start();
  const std::string mark = varied_content(5000);
  const auto writer = driver_->create({}, {name_}, {});
  write_far(*writer, gibibyte - 1000, mark);
  const Location location = writer->commit();

  EXPECT_EQ(volume_of(location).gibibytes, 2u);
  EXPECT_EQ(read_all(*driver_->open({}, location, {.offset = gibibyte - 1000, .length = {}}), 3000), mark);
  driver_->remove({}, location);
}

TEST_P(CinderServiceTest, LeavesNothingOfAnUploadWhoseProcessDied) {
  driver_.reset();  // which looks for the dead, too
  const stores::CinderNode node(settings_.host);
  auto marks = node.upload_marks("upload");
  marks[stores::upload_process_key] = "1-1";
  const CinderVolume dead = outside_.create({}, {"image-" + name_, 1, marks});
  outside_.wait_until({}, dead.id, "available");
  outside_.attach({}, dead.id, stores::AttachMode::read_write,
                  {{"initiator", settings_.connectors.initiator}, {"host", settings_.host}});
  const CinderVolume alive = outside_.create({}, {"image-" + name_, 1, node.upload_marks("upload")});

  start();

  const Deadline end = deadline_in(std::chrono::seconds(30));
  while (outside_.find({}, dead.id) && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_FALSE(outside_.find({}, dead.id));
  EXPECT_TRUE(outside_.find({}, alive.id));
  driver_->discard({}, {name_});
}

TEST_P(CinderServiceTest, DetachesWhatADeadProcessOfThisHostHasRead) {
  const Location location = write("content");
  driver_.reset();  // which looks for the dead, too
  const CinderVolume volume = volume_of(location);
  const auto attachment = outside_.attach({}, volume.id, stores::AttachMode::read_only,
                                          {{"initiator", settings_.connectors.initiator},
                                           {"host", settings_.host},
                                           {"mountpoint", "glance_store/this-host/1-1"}});
  outside_.complete({}, attachment.id);
  settings_.attachment_attempts = 8;

  start();

  EXPECT_EQ(read_all(*driver_->open({}, location, {}), 100), "content");
  driver_->remove({}, location);
}

TEST_P(CinderServiceTest, SaysThatAVolumeIsInUse) {
  const Location location = write("content");
  const auto attachment =
      outside_.attach({}, volume_of(location).id, stores::AttachMode::read_only,
                      {{"initiator", settings_.connectors.initiator}, {"host", "another"}});
  outside_.complete({}, attachment.id);
  settings_.attachment_attempts = 2;
  start();

  EXPECT_EQ(error_of([&] { driver_->open({}, location, {}); }), ErrorCode::unavailable);
  EXPECT_EQ(error_of([&] { driver_->remove({}, location); }), ErrorCode::conflict);

  outside_.detach({}, attachment.id);
  EXPECT_EQ(read_all(*driver_->open({}, location, {}), 100), "content");
  driver_->remove({}, location);
}

INSTANTIATE_TEST_SUITE_P(Types, CinderServiceTest, ::testing::Values("rbd", "iscsi", "nfs"),
                         [](const auto& info) { return std::string(info.param); });

TEST(CinderStart, RefusesATypeThatIsNotThere) {
  CinderDriver driver(cinder_store("gone"), make_linked_connector);

  try {
    driver.require_usable();
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::configuration);
    EXPECT_THAT(error.what(), HasSubstr("iscsi-multiattach"));
  }
}

TEST(CinderStart, SaysWhenUserOrPasswordAreWrong) {
  CinderSettings settings = cinder_store("nfs");
  settings.account.password = "wrong-password";
  CinderDriver driver(settings, make_linked_connector);

  try {
    driver.require_usable();
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::storage_denied);
    EXPECT_THAT(error.what(), HasSubstr("cinder_store_password"));
    EXPECT_THAT(error.what(), ::testing::Not(HasSubstr("wrong-password")));
  }
}

}  // namespace
}  // namespace vitrine::tests
