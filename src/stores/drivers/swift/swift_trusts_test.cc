#include <gmock/gmock.h>

#include <boost/json/array.hpp>
#include <optional>

#include "stores/drivers/swift/swift_driver.h"
#include "tests/contract/driver_contract.h"
#include "tests/support/fake_keystone.h"
#include "tests/support/fake_swift.h"

namespace vitrine::stores {
namespace {

namespace json = boost::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using tests::error_of;
using tests::FakeKeystone;
using tests::FakeSwift;
using tests::Page;
using tests::SeenRequest;

constexpr std::uint64_t segment_size = 1000;
const std::string large(3 * segment_size, 'x');

/// A store in the accounts of the projects whose callers' tokens end in the middle of an upload.
class SwiftTrustsTest : public ::testing::Test {
 protected:
  SwiftTrustsTest() : keystone_(clock_) {
    caller_.token = "of the caller";
    service_.accept_token(caller_.token);
    for (const char* token : {"own-1", "trusted-2", "trusted-3"}) service_.accept_token(token);
    const json::object endpoint{{"interface", "public"}, {"url", service_.origin().url("/v1/AUTH_test")}};
    keystone_.set_catalog({json::object{{"type", "object-store"}, {"endpoints", json::array{endpoint}}}});
    keystone_.put(caller_.token, keystone_.token_for("demo", "Member"));
    settings_ = service_.settings();
    settings_.is_multi_tenant = true;
    settings_.identity_address = keystone_.url() + "/v3";
    settings_.sizes.segment = segment_size;
    settings_.accounts["ref1"] = {.auth_address = keystone_.url(), .user = "service:glance", .key = "a key"};
    start();
  }

  void start() { driver_ = std::make_unique<SwiftDriver>(settings_); }

  StoreCall call() const { return {.caller = &caller_}; }

  /// One whose first segment is on its way.
  std::unique_ptr<BlobWriter> begin(const std::string& name = "blob") {
    auto writer = driver_->create(call(), {name}, {});
    writer->write(bytes_of(large).first(2 * segment_size));
    return writer;
  }
  /// From here on neither Swift nor Keystone knows it.
  void end_callers_token() {
    service_.fail_before([](const SeenRequest& request) -> std::optional<Page> {
      if (request.header("X-Auth-Token") == "of the caller") return Page{.status = 401};
      return {};
    });
    keystone_.revoke(caller_.token);
  }

  const SystemClock clock_;
  FakeKeystone keystone_;
  FakeSwift service_;
  SwiftSettings settings_;
  model::Caller caller_;
  std::unique_ptr<SwiftDriver> driver_;
};

TEST_F(SwiftTrustsTest, LetAnUploadGoOnWithoutItsToken) {
  auto writer = begin();
  end_callers_token();

  writer->write(bytes_of(large).subspan(2 * segment_size));
  writer->commit();

  EXPECT_THAT(service_.everything(), SizeIs(4));
  ASSERT_THAT(keystone_.trusts(), SizeIs(1));
  const json::object trust = keystone_.trusts().begin()->second;
  EXPECT_EQ(trust.at("trustor_user_id"), "demo-user");
  EXPECT_EQ(trust.at("trustee_user_id"), "service-user");
  EXPECT_EQ(trust.at("project_id"), "demo-project");
  EXPECT_EQ(trust.at("impersonation"), true);
  EXPECT_EQ(json::serialize(trust.at("roles")), R"([{"name":"Member"}])");
  EXPECT_FALSE(trust.at("expires_at").as_string().empty());
}

TEST_F(SwiftTrustsTest, EndWithTheUpload) {
  auto writer = begin();
  writer->write(bytes_of(large).subspan(2 * segment_size));
  writer->commit();

  writer.reset();

  EXPECT_EQ(keystone_.given_trusts(), 1u);
  EXPECT_THAT(keystone_.trusts(), IsEmpty());
}

TEST_F(SwiftTrustsTest, LetAFailedUploadTakeItsDataAway) {
  auto writer = begin();
  end_callers_token();

  writer.reset();

  EXPECT_THAT(service_.everything(), IsEmpty());
  EXPECT_THAT(keystone_.trusts(), IsEmpty());
}

TEST_F(SwiftTrustsTest, LetTheReadersBeToldAfterTheTokensEnd) {
  auto writer = begin();
  end_callers_token();
  const Location location = writer->commit();

  driver_->abilities().access_lists->let_read(call(), location, {.is_everybody = true});

  EXPECT_EQ(service_.requests().back().header("X-Container-Read"), "*:*");
}

TEST_F(SwiftTrustsTest, AreSharedByUploadsOfOneToken) {
  auto one = begin("one");
  auto other = begin("other");

  EXPECT_EQ(keystone_.given_trusts(), 1u);
  one.reset();
  EXPECT_THAT(keystone_.trusts(), SizeIs(1));
  other.reset();
  EXPECT_THAT(keystone_.trusts(), IsEmpty());
}

TEST_F(SwiftTrustsTest, AreNotGivenForWhatIsSentAtOnce) {
  auto writer = driver_->create(call(), {"blob"}, {});
  writer->write(bytes_of("content"));
  writer->commit();

  EXPECT_EQ(keystone_.given_trusts(), 0u);
}

TEST_F(SwiftTrustsTest, AreNotGivenIfTheOperatorWantsNone) {
  settings_.uses_trusts = false;
  start();
  auto writer = begin();
  end_callers_token();

  EXPECT_EQ(error_of([&] { writer->commit(); }), ErrorCode::storage_denied);
  EXPECT_EQ(keystone_.given_trusts(), 0u);
}

TEST_F(SwiftTrustsTest, AreNotGivenToAnApplicationCredential) {
  settings_.accounts["ref1"].credential_id = "an id";
  start();

  begin()->commit();

  EXPECT_EQ(keystone_.given_trusts(), 0u);
}

TEST_F(SwiftTrustsTest, AreNotNeededForAnUploadWhoseTokenLasts) {
  keystone_.answer_logins(Page{.status = 401});

  begin()->commit();

  EXPECT_THAT(service_.everything(), SizeIs(3));
  EXPECT_EQ(keystone_.given_trusts(), 0u);
}

}  // namespace
}  // namespace vitrine::stores
