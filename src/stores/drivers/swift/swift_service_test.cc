#include <gmock/gmock.h>

#include <cstdlib>
#include <stdexcept>

#include "base/ids.h"
#include "stores/drivers/swift/swift_driver.h"
#include "tests/contract/driver_contract.h"

/// Against the real Swift that the environment names; see tests/services/with-swift.
namespace vitrine::tests {
namespace {

using stores::SwiftAccount;
using stores::SwiftContainer;
using stores::SwiftSegmentSizes;
using stores::SwiftSettings;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  if (!value)
    throw std::runtime_error(std::string(name) + " is not set; run this with tests/services/with-swift");
  return value;
}

SwiftAccount account_at_swift() {
  return {.login = SwiftAccount::Login::at_swift,
          .auth_address = from_environment("SWIFT_AUTH_URL"),
          .user = from_environment("SWIFT_USER"),
          .key = from_environment("SWIFT_KEY")};
}

SwiftAccount account_at_keystone() {
  return {.login = SwiftAccount::Login::at_keystone,
          .auth_address = from_environment("KEYSTONE_URL"),
          .user = from_environment("KEYSTONE_USER"),
          .key = from_environment("KEYSTONE_KEY"),
          .user_domain = {.id = "default", .name = {}},
          .project_domain = {.id = {}, .name = "Default"}};
}

SwiftSettings new_container(SwiftAccount account, const SwiftSegmentSizes& sizes) {
  SwiftSettings settings;
  settings.reference = "ref1";
  settings.accounts["ref1"] = std::move(account);
  settings.container = "vitrine-" + new_uuid();
  settings.creates_containers = true;
  settings.sizes = sizes;
  return settings;
}

/// Containers of its own, seen with requests of its own.
class ServiceSubject : public DriverSubject {
 public:
  explicit ServiceSubject(SwiftSettings settings)
      : settings_(settings),
        login_(settings_),
        client_(settings_),
        access_(std::make_shared<stores::SwiftAccountAccess>(
            login_, settings_.accounts.at("ref1"), stores::SwiftServers::configured, settings_.renewal_time)),
        driver_(std::move(settings)) {}
  ~ServiceSubject() override {
    for (const std::string& name : containers())
      client_.ask({}, {access_, name}, {.method = fetch::Method::remove});
  }

  stores::Driver& driver() override { return driver_; }

  std::vector<std::string> everything() override {
    std::vector<std::string> result;
    for (const std::string& container : containers()) {
      for (std::string& name : lines_of({access_, container}, "")) result.push_back(std::move(name));
    }
    return result;
  }

  stores::SwiftClient& client() { return client_; }
  SwiftContainer container() { return {access_, settings_.container}; }

 private:
  std::vector<std::string> containers() { return lines_of({access_, ""}, "prefix=" + settings_.container); }

  std::vector<std::string> lines_of(const SwiftContainer& container, const std::string& query) {
    const auto answer = client_.ask({}, container, {.query = query});
    if (!answer.is_good()) throw std::runtime_error("the container cannot be listed");
    const std::string text = answer.response->read_text(mib);
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
      const auto end = text.find('\n', at);
      lines.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    return lines;
  }

  const SwiftSettings settings_;
  stores::SwiftLogin login_;
  stores::SwiftClient client_;
  const std::shared_ptr<stores::SwiftAccess> access_;
  stores::SwiftDriver driver_;
};

DriverCase service_case(const std::string& name, SwiftAccount (*account)(), const SwiftSegmentSizes& sizes,
                        std::size_t seed = 0) {
  return {name, [=] {
            SwiftSettings settings = new_container(account(), sizes);
            settings.seed = seed;
            return std::make_unique<ServiceSubject>(std::move(settings));
          }};
}

constexpr SwiftSegmentSizes in_segments{
    .large_from = 100 * kib, .segment = 100 * kib, .memory = 500 * kib, .threads = 3};

const std::vector<DriverCase> cases = {
    service_case("AsConfiguredByDefault", account_at_keystone, {}),
    service_case("InSegments", account_at_swift, in_segments),
    service_case("InSegmentsThatArePushedAndListedInManyContainers", account_at_swift,
                 {.large_from = 100 * kib, .segment = 100 * kib, .memory = 40 * kib, .is_static = true}, 2),
};
INSTANTIATE_DRIVER_CONTRACT(Service, cases);

class SwiftServiceTest : public ::testing::Test {
 protected:
  static stores::Location write(ServiceSubject& subject, const std::string& content, bool is_size_known) {
    const auto size = is_size_known ? std::optional<std::uint64_t>(content.size()) : std::nullopt;
    const auto writer = subject.driver().create({}, {"blob"}, size);
    for (std::size_t at = 0; at < content.size(); at += 70'000) {
      writer->write(bytes_of(std::string_view(content).substr(at, 70'000)));
    }
    return writer->commit();
  }
};

TEST_F(SwiftServiceTest, GivesEachSegmentItsTrueLength) {
  const std::string content = varied_content(3 * 100 * kib + 17);

  for (const std::uint64_t memory : {40 * kib, 500 * kib}) {
    for (const bool is_size_known : {true, false}) {
      SwiftSegmentSizes sizes = in_segments;
      sizes.memory = memory;
      ServiceSubject subject(new_container(account_at_swift(), sizes));
      const stores::Location location = write(subject, content, is_size_known);

      EXPECT_THAT(subject.everything(),
                  ElementsAre("blob", "blob-00001", "blob-00002", "blob-00003", "blob-00004"));
      const auto last = subject.client().ask({}, subject.container(),
                                             {.method = fetch::Method::head, .object = "blob-00004"});
      EXPECT_EQ(last.response->content_length(), 17u);
      EXPECT_TRUE(read_all(*subject.driver().open({}, location, {}), 100'000) == content);
      EXPECT_EQ(read_all(*subject.driver().open({}, location, {102'390, 20}), 100),
                content.substr(102'390, 20));
      subject.driver().remove({}, location);
      EXPECT_THAT(subject.everything(), IsEmpty());
    }
  }
}

TEST_F(SwiftServiceTest, RemovesSegmentsOfAnEarlierAttemptBeforeTheyBecomeAPartOfTheBlob) {
  ServiceSubject subject(new_container(account_at_swift(), in_segments));
  const std::string content = varied_content(2 * 100 * kib);
  subject.driver().remove({}, write(subject, "the container is made", true));
  subject.client().ask({}, subject.container(),
                       {.method = fetch::Method::put, .object = "blob-00007", .body = bytes_of("stale")});

  const stores::Location location = write(subject, content, false);

  EXPECT_TRUE(read_all(*subject.driver().open({}, location, {}), 100'000) == content);
  subject.driver().remove({}, location);
}

TEST_F(SwiftServiceTest, LetsOneOfTwoWritersHaveTheSegments) {
  ServiceSubject subject(new_container(account_at_swift(), in_segments));
  const std::string content = varied_content(2 * 100 * kib);
  const auto first = subject.driver().create({}, {"blob"}, {});
  const auto second = subject.driver().create({}, {"blob"}, {});
  first->write(bytes_of(content));

  EXPECT_EQ(error_of([&] { second->write(bytes_of(varied_content(200 * kib))); }), ErrorCode::duplicate);

  const stores::Location location = first->commit();
  EXPECT_TRUE(read_all(*subject.driver().open({}, location, {}), 100'000) == content);
  subject.driver().remove({}, location);
}

TEST_F(SwiftServiceTest, RemovesLargeObjectsThatOtherClientsMade) {
  ServiceSubject subject(new_container(account_at_swift(), in_segments));
  stores::SwiftClient& client = subject.client();
  subject.driver().remove({}, write(subject, "the container is made", true));
  const stores::Location location = write(subject, "to be replaced", true);
  for (const std::string name : {"blob/4711/00", "blob/4711/01", "blob/other/00"}) {
    client.ask({}, subject.container(),
               {.method = fetch::Method::put, .object = name, .body = bytes_of(name)});
  }
  client.ask({}, subject.container(),
             {.method = fetch::Method::put,
              .object = "blob",
              .headers = {{"X-Object-Manifest", subject.container().name + "/blob/4711/"}}});

  EXPECT_EQ(read_all(*subject.driver().open({}, location, {}), 1000), "blob/4711/00blob/4711/01");
  subject.driver().remove({}, location);

  EXPECT_THAT(subject.everything(), ElementsAre("blob/other/00"));
  client.ask({}, subject.container(), {.method = fetch::Method::remove, .object = "blob/other/00"});
}

TEST_F(SwiftServiceTest, KeepsSegmentsOutOfTheListOfBlobs) {
  ServiceSubject subject(new_container(account_at_swift(), in_segments));
  const stores::Location location = write(subject, varied_content(250 * kib), false);

  EXPECT_THAT(subject.driver().abilities().listing->list({}), ElementsAre("blob"));

  subject.driver().remove({}, location);
}

TEST_F(SwiftServiceTest, SaysThatTheLoginIsWrong) {
  for (SwiftAccount account : {account_at_swift(), account_at_keystone()}) {
    account.key = "wrong-key";
    ServiceSubject subject(new_container(account_at_swift(), {}));
    stores::SwiftDriver driver(new_container(account, {}));

    const std::string message =
        message_of(ErrorCode::storage_denied, [&] { driver.create({}, {"blob"}, 7); });

    EXPECT_THAT(message, HasSubstr("does not let the swift store in"));
    EXPECT_THAT(message, Not(HasSubstr("wrong-key")));
  }
}

TEST_F(SwiftServiceTest, SaysThatTheContainerIsMissing) {
  SwiftSettings settings = new_container(account_at_swift(), {});
  settings.creates_containers = false;
  stores::SwiftDriver driver(settings);

  EXPECT_THAT(message_of(ErrorCode::storage_denied, [&] { driver.create({}, {"blob"}, 7); }),
              HasSubstr("swift_store_create_container_on_put"));
}

TEST_F(SwiftServiceTest, SaysThatTheCatalogHasNoEndpoint) {
  SwiftSettings settings = new_container(account_at_keystone(), {});
  settings.endpoint.region = "Elsewhere";
  stores::SwiftDriver driver(settings);

  EXPECT_THAT(message_of(ErrorCode::storage_denied, [&] { driver.create({}, {"blob"}, 7); }),
              HasSubstr("swift_store_region"));
}

TEST_F(SwiftServiceTest, LeavesNothingWhenTheQuotaIsUsedUp) {
  for (const std::uint64_t memory : {40 * kib, 500 * kib}) {
    SwiftSegmentSizes sizes = in_segments;
    sizes.memory = memory;
    ServiceSubject subject(new_container(account_at_swift(), sizes));
    subject.client().ask(
        {}, subject.container(),
        {.method = fetch::Method::put, .headers = {{"X-Container-Meta-Quota-Bytes", "50000"}}});

    EXPECT_EQ(error_of([&] { write(subject, varied_content(1'000'000), true); }), ErrorCode::storage_full);

    EXPECT_THAT(subject.everything(), IsEmpty());
  }
}

}  // namespace
}  // namespace vitrine::tests
