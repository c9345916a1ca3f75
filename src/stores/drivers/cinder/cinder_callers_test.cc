#include <gmock/gmock.h>

#include <thread>

#include "stores/drivers/cinder/cinder_driver.h"
#include "stores/drivers/cinder/cinder_node.h"
#include "tests/contract/driver_contract.h"
#include "tests/support/fake_cinder.h"

/// A store without a user of its own, which asks Cinder as whoever calls.
namespace vitrine::stores {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tests::error_of;
using tests::FakeCinder;
using tests::Page;
using tests::SeenRequest;

class CinderCallersTest : public ::testing::Test {
 protected:
  CinderCallersTest() {
    caller_.token = "of the caller";
    caller_.project_id = "project";
    cinder_.let_in(caller_.token);
    settings_.account = {};
    start();
  }

  void start() {
    driver_.reset();
    driver_ = std::make_unique<CinderDriver>(settings_, cinder_.connectors());
  }
  StoreCall call() const { return {.caller = &caller_}; }
  Location write() {
    const auto writer = driver_->create(call(), {"blob"}, 7);
    writer->write(bytes_of("content"));
    return writer->commit();
  }
  std::string read(const Location& location) {
    return tests::read_all(*driver_->open(call(), location, {}), 1000);
  }
  std::vector<std::string> tokens_seen() const {
    std::vector<std::string> tokens;
    for (const SeenRequest& request : cinder_.requests()) tokens.push_back(request.header("X-Auth-Token"));
    return tokens;
  }
  void wait_for(const std::vector<std::string>& everything) {
    const Deadline end = deadline_in(std::chrono::seconds(10));
    while (cinder_.everything() != everything && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_EQ(cinder_.everything(), everything);
  }

  FakeCinder cinder_;
  CinderSettings settings_ = cinder_.settings();
  model::Caller caller_;
  std::unique_ptr<CinderDriver> driver_;
};

TEST_F(CinderCallersTest, WritesReadsAndRemovesWithTheCallersToken) {
  driver_->require_usable();

  const Location location = write();
  EXPECT_EQ(read(location), "content");
  EXPECT_EQ(driver_->size(call(), location), 7u);
  EXPECT_THAT(cinder_.everything(), ElementsAre("image-blob available 0"));
  driver_->remove(call(), location);

  EXPECT_THAT(cinder_.everything(), IsEmpty());
  EXPECT_THAT(tokens_seen(), Each("of the caller"));
  EXPECT_EQ(cinder_.keystone().logins(), 0u);
  EXPECT_EQ(cinder_.keystone().validations(), 1u) << "where Cinder is, is asked once";
}

TEST_F(CinderCallersTest, NeedsNoKeystoneIfItIsConfiguredWhereCinderIs) {
  settings_.endpoint_template = cinder_.url_template();
  settings_.auth_address.clear();
  start();

  EXPECT_EQ(read(write()), "content");
  EXPECT_EQ(cinder_.keystone().validations(), 0u);
}

TEST_F(CinderCallersTest, LetsNobodyInWithoutAToken) {
  const Location location = write();
  const model::Caller nobody;

  for (const StoreCall& who : {StoreCall{}, StoreCall{.caller = &nobody}}) {
    EXPECT_EQ(error_of([&] { driver_->create(who, {"other"}, 7); }), ErrorCode::storage_denied);
    EXPECT_EQ(error_of([&] { driver_->open(who, location, {}); }), ErrorCode::storage_denied);
    EXPECT_EQ(error_of([&] { driver_->remove(who, location); }), ErrorCode::storage_denied);
  }
  EXPECT_EQ(driver_->abilities().listing, nullptr);
}

TEST_F(CinderCallersTest, LooksForNothingOfTheDeadAndLeavesItToTheProject) {
  auto dead = CinderNode("this-host").upload_marks("u");
  dead[upload_process_key] = "1-1";
  cinder_.add_volume("image-blob", dead);
  start();

  driver_->discard({}, {"blob"});
  EXPECT_THAT(cinder_.everything(), ElementsAre("image-blob available 0"));

  driver_->discard(call(), {"blob"});
  wait_for({});
  EXPECT_THAT(tokens_seen(), Each("of the caller"));
}

TEST_F(CinderCallersTest, ClearsAwayLaterWithTheTokenOfTheCallThatIsOver) {
  unsigned left = 3;
  cinder_.fail_before([&left](const SeenRequest& request) -> std::optional<Page> {
    if (request.method != "DELETE" || left == 0) return {};
    --left;
    return Page{.status = 500, .content = "{}"};
  });
  {
    const model::Caller short_lived = caller_;
    driver_->create({.caller = &short_lived}, {"blob"}, 7)->write(bytes_of("con"));
  }

  wait_for({});
  EXPECT_THAT(tokens_seen(), Each("of the caller"));
}

TEST_F(CinderCallersTest, SaysThatTheTokenHasEndedInTheMiddleOfATransfer) {
  const auto writer = driver_->create(call(), {"blob"}, 7);
  writer->write(bytes_of("content"));
  cinder_.refuse_tokens();

  EXPECT_EQ(error_of([&] { writer->commit(); }), ErrorCode::forbidden);
}

}  // namespace
}  // namespace vitrine::stores
