#include "imports/methods/glance_download.h"

#include <gmock/gmock.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "tests/support/fake_keystone.h"
#include "tests/support/import_house.h"

namespace vitrine::imports {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;
using tests::Page;

constexpr std::string_view remote_id = "71c675ab-d94f-49cd-a114-e12490b328d9";
constexpr std::string_view token = "token-of-ann";

class RegionImport : public ImportHouse {
 protected:
  RegionImport() {
    admission_ = {fetch::UriFilter({.hosts = {.allowed = {"127.0.0.1"}, .disallowed = {}}}),
                  fetch::Vicinity::site};
    settings_.remote_properties = {"hw_", "os_"};
    identity_.put(std::string(token), identity_.token_for("ann"));
    admin_.token = token;
    json::array catalog = json::parse(R"([{"type": "image", "endpoints": [
        {"interface": "public", "region": "Other", "url": ""}]}])")
                              .as_array();
    catalog[0].at("endpoints").at(0).as_object()["url"] = region_.url("/image/");
    identity_.set_catalog(std::move(catalog));
    keystone_ = &session_;
    put({.content = json::serialize(document())}, {.content = "12345"});
  }

  static json::object document() {
    return {{"id", remote_id},
            {"status", "active"},
            {"disk_format", "qcow2"},
            {"container_format", "ova"},
            {"size", 5},
            {"name", "not brought along"},
            {"os_hidden", false},
            {"os_hash_value", "abc"},
            {"os_glance_stage_host", "http://elsewhere"},
            {"os_distro", "debian"},
            {"hw_disk_bus", "scsi"},
            {"color", "red"}};
  }
  void put(const Page& document, const Page& data) {
    region_.put(path(), document);
    region_.put(path() + "/file", data);
  }
  static std::string path() { return "/image/v2/images/" + std::string(remote_id); }

  static ImportWish wish() {
    ImportWish wish;
    wish.method = "glance-download";
    wish.glance_region = "other";
    wish.glance_image_id = remote_id;
    return wish;
  }
  void import(const model::Image& image) {
    accepted(image, "glance-download", wish(), {"memory", "second"})->run();
  }
  /// What the task says of an import that has left the image as it was.
  std::string failure() {
    const model::Image image = queued();
    import(image);
    EXPECT_EQ(task().status, model::TaskStatus::failure);
    EXPECT_EQ(status_of(image.id), "queued");
    EXPECT_EQ(catalog_->find(image.id)->disk_format, "raw");
    EXPECT_EQ(property(image, "hw_disk_bus"), "none");
    EXPECT_FALSE(first_.memory->content(image.id));
    EXPECT_FALSE(second_.memory->content(image.id));
    expect_settled(image);
    EXPECT_THAT(task().message, Not(HasSubstr(std::string(token))));
    return task().message;
  }
  ErrorCode refusal(const ImportWish& wish) {
    ImportRequest request{.caller = admin_, .request_id = "req-1", .image = {}, .wish = wish, .targets = {}};
    return images::code_of([&] { GlanceDownload(downloader_, keystone_).check(request); });
  }

  tests::OriginServer region_;
  tests::FakeKeystone identity_{clock_};
  keystone::Session session_{{.login = {keystone::identity_uri(identity_.url()), "{}"}, .retries = 0},
                             clock_};
};

TEST_F(RegionImport, BringsDataFormatsAndTheWantedProperties) {
  const model::Image image = queued();

  import(image);

  const model::Image done = seen(image.id);
  EXPECT_EQ(task().status, model::TaskStatus::success) << task().message;
  EXPECT_EQ(done.status, model::ImageStatus::active);
  EXPECT_EQ(done.disk_format, "qcow2");
  EXPECT_EQ(done.container_format, "ova");
  EXPECT_EQ(property(image, "hw_disk_bus"), "scsi");
  EXPECT_EQ(property(image, "os_distro"), "debian");
  EXPECT_EQ(first_.memory->content(image.id), "12345");
  EXPECT_EQ(second_.memory->content(image.id), "12345");
  expect_settled(image);
}

TEST_F(RegionImport, BringsNoAttributesAndNothingThatServicesKeepForThemselves) {
  const model::Image image = queued();

  import(image);

  for (const std::string_view name :
       {"os_hidden", "os_hash_value", "os_glance_stage_host", "name", "color"}) {
    EXPECT_EQ(property(image, name), "none") << name;
  }
  EXPECT_EQ(seen(image.id).name, image.name);
}

TEST_F(RegionImport, AsksWithTheRequestersToken) {
  import(queued());

  for (const tests::SeenRequest& request : region_.requests()) {
    EXPECT_EQ(request.header("X-Auth-Token"), token) << request.target;
  }
  EXPECT_EQ(region_.requests().size(), 2u);
}

TEST_F(RegionImport, WantsAnActiveImage) {
  json::object saving = document();
  saving["status"] = "saving";
  put({.content = json::serialize(saving)}, {.content = "12345"});

  EXPECT_THAT(failure(), HasSubstr("it is saving"));
}

TEST_F(RegionImport, WantsAsMuchDataAsTheImageHasThere) {
  put({.content = json::serialize(document())}, {.content = "1234"});
  EXPECT_THAT(failure(), HasSubstr("5 bytes"));
}

TEST_F(RegionImport, WantsTheDataWhoseDigestTheImageHasThere) {
  json::object described = document();
  described["os_hash_algo"] = "sha256";
  described["os_hash_value"] = "5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5";  // 12345
  put({.content = json::serialize(described)}, {.content = "12346"});

  EXPECT_THAT(failure(), HasSubstr("not the expected one"));
}

TEST_F(RegionImport, CountsDataWhoseLengthIsNotAnnounced) {
  put({.content = json::serialize(document())}, {.content = "123456", .framing = Page::Framing::chunked});
  failure();
}

TEST_F(RegionImport, SaysWhatTheOtherRegionAnswers) {
  put({.status = 404}, {});
  EXPECT_THAT(failure(), HasSubstr("status 404"));
}

TEST_F(RegionImport, NeedsAnAnswerThatIsAnImage) {
  put({.content = "<html>"}, {});
  EXPECT_THAT(failure(), HasSubstr("does not answer with an image"));
}

TEST_F(RegionImport, NeedsARegionThatTheCatalogKnows) {
  identity_.set_catalog({});
  EXPECT_THAT(failure(), HasSubstr("no public image service in region other"));
}

TEST_F(RegionImport, NeedsATokenThatIsStillValid) {
  identity_.revoke(std::string(token));
  EXPECT_THAT(failure(), HasSubstr("not valid any more"));
}

TEST_F(RegionImport, IsFilteredAsEveryDownload) {
  admission_ = {fetch::UriFilter({}), fetch::Vicinity::site};
  EXPECT_THAT(failure(), HasSubstr("allowed_hosts"));
  EXPECT_TRUE(region_.requests().empty());
}

TEST_F(RegionImport, RefusesAWishThatSaysTooLittle) {
  ImportWish without_region = wish();
  without_region.glance_region.reset();
  ImportWish without_id = wish();
  without_id.glance_image_id = "../../identity";
  ImportWish with_interface = wish();
  with_interface.glance_service_interface = "secret";

  for (const ImportWish& each : {without_region, without_id, with_interface}) {
    EXPECT_EQ(refusal(each), ErrorCode::invalid);
  }
}

TEST_F(RegionImport, IsForThoseWhomKeystoneKnows) {
  keystone_ = nullptr;

  EXPECT_EQ(refusal(wish()), ErrorCode::invalid);
}

TEST_F(RegionImport, IsForThoseWhoShowAToken) {
  admin_.token.clear();

  EXPECT_EQ(refusal(wish()), ErrorCode::invalid);
}

}  // namespace
}  // namespace vitrine::imports
