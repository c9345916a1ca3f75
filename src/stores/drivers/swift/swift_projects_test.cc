#include "stores/drivers/swift/swift_projects.h"

#include <gmock/gmock.h>

#include <boost/json/array.hpp>
#include <set>

#include "stores/drivers/swift/swift_driver.h"
#include "tests/contract/driver_contract.h"
#include "tests/support/fake_keystone.h"
#include "tests/support/fake_swift.h"

namespace vitrine::stores {
namespace {

namespace json = boost::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::error_of;
using tests::FakeKeystone;
using tests::FakeSwift;
using tests::Page;
using tests::SeenRequest;

/// A store whose blobs lie in the accounts of the projects, all of which are one here.
class SwiftProjectsTest : public ::testing::Test {
 protected:
  SwiftProjectsTest() {
    caller_.token = "of the caller";
    service_.accept_token(caller_.token);
    settings_ = service_.settings();
    settings_.is_multi_tenant = true;
    settings_.admin_projects = {"service", "backup"};
    settings_.endpoint.fixed = fetch::parse_uri(service_.origin().url("/v1/AUTH_test"));
    start();
  }

  void start() { driver_ = std::make_unique<SwiftDriver>(settings_); }

  StoreCall call() const { return {.caller = &caller_}; }

  Location write(const std::string& name, const std::string& content) {
    const auto writer = driver_->create(call(), {name}, content.size());
    writer->write(bytes_of(content));
    return writer->commit();
  }
  std::string read(const StoreCall& call, const Location& location) {
    return tests::read_all(*driver_->open(call, location, {}), 100'000);
  }
  std::set<std::string> tokens_seen() const {
    std::set<std::string> tokens;
    for (const SeenRequest& request : service_.requests()) tokens.insert(request.header("X-Auth-Token"));
    return tokens;
  }
  /// The requests about the container itself, without the GETs and HEADs.
  std::vector<SeenRequest> changes_of(const std::string& container) const {
    std::vector<SeenRequest> changes;
    for (const SeenRequest& request : service_.requests()) {
      const bool is_change = request.method != "GET" && request.method != "HEAD";
      if (is_change && request.target.ends_with("/" + container)) changes.push_back(request);
    }
    return changes;
  }

  FakeSwift service_;
  SwiftSettings settings_;
  model::Caller caller_;
  std::unique_ptr<SwiftDriver> driver_;
};

TEST_F(SwiftProjectsTest, GivesEachBlobAContainerThatComesAndGoesWithIt) {
  const Location location = write("blob", "content");

  EXPECT_EQ(location.uri, "swift+http://127.0.0.1:" + std::to_string(service_.origin().port()) +
                              "/v1/AUTH_test/glance_blob/blob");
  EXPECT_THAT(service_.everything(), ElementsAre("glance_blob/blob"));
  EXPECT_EQ(read(call(), location), "content");
  EXPECT_EQ(driver_->size(call(), location), 7u);
  driver_->remove(call(), location);

  EXPECT_THAT(service_.everything(), IsEmpty());
  const auto changes = changes_of("glance_blob");
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].method, "PUT");
  EXPECT_EQ(changes[0].header("X-Container-Read"), "service:*,backup:*");
  EXPECT_EQ(changes[0].header("X-Container-Write"), "service:*,backup:*");
  EXPECT_EQ(changes[1].method, "DELETE");
  EXPECT_THAT(tokens_seen(), ElementsAre("of the caller"));
}

TEST_F(SwiftProjectsTest, LeavesNoContainerOfABlobThatDidNotComeAbout) {
  driver_->create(call(), {"blob"}, 7)->write(bytes_of("con"));

  EXPECT_EQ(changes_of("glance_blob").back().method, "DELETE");
}

TEST_F(SwiftProjectsTest, LeavesTheListsOfABlobAloneThatIsThere) {
  write("blob", "content");
  const std::size_t before = changes_of("glance_blob").size();

  EXPECT_EQ(error_of([&] { driver_->create(call(), {"blob"}, 7); }), ErrorCode::duplicate);

  EXPECT_EQ(changes_of("glance_blob").size(), before);
}

TEST_F(SwiftProjectsTest, TellsTheContainerWhoMayRead) {
  const Location location = write("blob", "content");
  AccessLists* lists = driver_->abilities().access_lists;
  ASSERT_NE(lists, nullptr);

  lists->let_read(call(), location, {.project_ids = {"one", "two"}});
  lists->let_read(call(), location, {.is_everybody = true});
  lists->let_read(call(), location, {});

  const auto changes = changes_of("glance_blob");
  ASSERT_EQ(changes.size(), 4u);
  EXPECT_EQ(changes[1].header("X-Container-Read"), "service:*,backup:*,one:*,two:*");
  EXPECT_EQ(changes[2].header("X-Container-Read"), "*:*");
  EXPECT_EQ(changes[3].header("X-Container-Read"), "service:*,backup:*");
  for (const SeenRequest& change : changes) {
    EXPECT_EQ(change.header("X-Container-Write"), "service:*,backup:*");
  }
}

TEST_F(SwiftProjectsTest, TakesAwayListsThatNobodyIsIn) {
  settings_.admin_projects.clear();
  start();
  const Location location = write("blob", "content");

  driver_->abilities().access_lists->let_read(call(), location, {});

  const SeenRequest change = changes_of("glance_blob").back();
  EXPECT_EQ(change.header("X-Remove-Container-Read"), "yes");
  EXPECT_EQ(change.header("X-Remove-Container-Write"), "yes");
}

TEST_F(SwiftProjectsTest, ListsNoMemberWhoseNameWouldMeanEverybody) {
  const Location location = write("blob", "content");

  driver_->abilities().access_lists->let_read(call(), location, {.project_ids = {"*", ".r:*,x", "good-1"}});

  EXPECT_EQ(changes_of("glance_blob").back().header("X-Container-Read"), "service:*,backup:*,good-1:*");
}

TEST_F(SwiftProjectsTest, CannotTellWhoseABlobIsWithoutAToken) {
  const model::Caller nobody;

  EXPECT_EQ(error_of([&] { driver_->create({}, {"blob"}, 7); }), ErrorCode::storage_denied);
  EXPECT_EQ(error_of([&] { driver_->create({.caller = &nobody}, {"blob"}, 7); }), ErrorCode::storage_denied);
}

TEST_F(SwiftProjectsTest, GoesInWithATokenOfItsOwnWhereNoneComes) {
  const Location location = write("blob", "content");

  EXPECT_EQ(read({}, location), "content");
  driver_->remove({}, location);

  EXPECT_THAT(service_.everything(), IsEmpty());
  EXPECT_EQ(service_.logins(), 1u);
}

TEST_F(SwiftProjectsTest, LogsInAgainWhenItsOwnTokenHasEnded) {
  const Location location = write("blob", "content");
  read({}, location);
  service_.forget_tokens();

  EXPECT_EQ(read({}, location), "content");
  EXPECT_EQ(service_.logins(), 2u);
}

TEST_F(SwiftProjectsTest, IsNotLetInWhenNobodyHasAToken) {
  const Location location = write("blob", "content");
  settings_.accounts.clear();
  start();

  EXPECT_EQ(error_of([&] { read({}, location); }), ErrorCode::storage_denied);
}

TEST_F(SwiftProjectsTest, ShowsTokensToNoServerThatIsNotSwifts) {
  FakeSwift other;
  const Location there{
      "swift+http://127.0.0.1:" + std::to_string(other.origin().port()) + "/v1/AUTH_test/glance_blob/blob",
      {}};

  for (const StoreCall& who : {call(), StoreCall{}}) {
    EXPECT_EQ(error_of([&] { read(who, there); }), ErrorCode::storage_denied);
    EXPECT_EQ(error_of([&] { driver_->remove(who, there); }), ErrorCode::storage_denied);
  }

  EXPECT_THAT(other.requests(), IsEmpty());
}

TEST_F(SwiftProjectsTest, AsksTheCallersCatalogForTheAccountOnce) {
  const SystemClock clock;
  FakeKeystone keystone(clock);
  json::object endpoint{{"interface", "public"}, {"url", service_.origin().url("/v1/AUTH_test")}};
  keystone.set_catalog({json::object{{"type", "object-store"}, {"endpoints", json::array{endpoint}}}});
  keystone.put(caller_.token, keystone.token_for("demo"));
  settings_.endpoint.fixed.reset();
  settings_.identity_address = keystone.url() + "/v3";
  start();

  const Location location = write("blob", "content");

  EXPECT_EQ(read(call(), location), "content");
  EXPECT_EQ(keystone.validations(), 1u);
}

TEST_F(SwiftProjectsTest, SaysThatATokenHasEnded) {
  const SystemClock clock;
  FakeKeystone keystone(clock);
  settings_.endpoint.fixed.reset();
  settings_.identity_address = keystone.url() + "/v3";
  start();

  try {
    driver_->create(call(), {"blob"}, 7);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::forbidden);
    EXPECT_THAT(error.what(), HasSubstr("Get a new one"));
    EXPECT_THAT(error.what(), ::testing::Not(HasSubstr(caller_.token)));
  }
}

}  // namespace
}  // namespace vitrine::stores
