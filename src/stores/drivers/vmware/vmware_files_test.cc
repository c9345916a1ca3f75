#include "stores/drivers/vmware/vmware_files.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>

#include "base/error.h"
#include "tests/support/origin_server.h"

/// Tasks that end as those of the simulator that vmware_test runs beside do not.
namespace vitrine::stores {
namespace {

using tests::OriginServer;
using tests::Page;
using tests::SeenRequest;

Page returned(std::string_view value) {
  return {.content = fmt::format(
              "<Envelope><Body><Response><returnval {}</returnval></Response></Body></Envelope>", value)};
}

class VmwareFilesTest : public ::testing::Test {
 protected:
  VmwareFilesTest() {
    origin_.answer_with([this](const SeenRequest& request) { return page_for(request); });
    VmwareSettings settings;
    settings.server = fetch::parse_uri(origin_.url(""));
    session_ = std::make_unique<VsphereSession>(settings);
    files_ = std::make_unique<VmwareFiles>(*session_, settings);
  }

  /// The first `faults_` tasks end with the fault, those that follow well.
  Page page_for(const SeenRequest& request) {
    const auto is = [&](std::string_view word) { return request.body.find(word) != std::string::npos; };
    if (is("<Login ")) {
      Page page = returned(">1");
      page.headers = "Set-Cookie: session=1\r\n";
      return page;
    }
    if (is("_Task ")) {
      ++tasks_;
      return returned("type=\"Task\">task");
    }
    if (!is("<RetrievePropertiesEx ")) return returned(">1");
    const std::string error =
        fmt::format("<state>error</state><error><fault x:type=\"{}\"/></error>", fault_);
    return returned(fmt::format("><objects><propSet><name>info</name><val>{}</val></propSet></objects>",
                                tasks_ <= faults_ ? error : "<state>success</state>"));
  }

  ErrorCode code_of(const std::function<void()>& body) {
    try {
      body();
    } catch (const Error& error) {
      return error.code();
    }
    ADD_FAILURE() << "no error";
    return ErrorCode::internal;
  }

  std::string fault_;
  int faults_ = 0;
  std::atomic<int> tasks_ = 0;
  const UnfinishedBlob blob_{
      .datastore = {}, .part = {"vc", "a/part", "ds1", {}}, .whole = {"vc", "a/whole", "ds1", {}}};
  OriginServer origin_;
  std::unique_ptr<VsphereSession> session_;
  std::unique_ptr<VmwareFiles> files_;
};

TEST_F(VmwareFilesTest, GivesTheServerTimeToCloseAFileBeforeItIsRenamed) {
  fault_ = "FileLocked";
  faults_ = 2;

  files_->rename({}, blob_);

  EXPECT_EQ(tasks_, 3);
}

TEST_F(VmwareFilesTest, SaysThatTheServerFailsWhenAFileCannotBeRenamed) {
  for (const auto& [fault, code] : {std::pair("FileNotFound", ErrorCode::unavailable),
                                    std::pair("FileAlreadyExists", ErrorCode::duplicate),
                                    std::pair("NoPermission", ErrorCode::storage_denied),
                                    std::pair("NoDiskSpace", ErrorCode::storage_full),
                                    std::pair("SomethingNew", ErrorCode::unavailable)}) {
    fault_ = fault;
    faults_ = tasks_ + 1;
    EXPECT_EQ(code_of([&] { files_->rename({}, blob_); }), code) << fault;
  }
}

TEST_F(VmwareFilesTest, SaysThatAFileIsInUseWhenItIsToBeRemoved) {
  fault_ = "FileLocked";
  faults_ = 1;

  EXPECT_EQ(code_of([&] { files_->remove({}, {}, blob_.whole); }), ErrorCode::conflict);
}

TEST_F(VmwareFilesTest, CleansUpWhenTheServerHasSeenThatNobodyWrites) {
  fault_ = "FileLocked";
  faults_ = 2;

  files_->clean_up({.blob = blob_});

  EXPECT_EQ(tasks_, 3);
}

TEST(VmwareParts, AreKnownByTheirNames) {
  const std::string part = name_of_part("id");

  EXPECT_TRUE(is_part(part));
  EXPECT_TRUE(is_part_of(part, "id"));
  EXPECT_FALSE(is_part_of(part, "i"));
  EXPECT_FALSE(is_part_of(part, "other"));
  EXPECT_FALSE(is_part_of(name_of_part(part), "id"));
  EXPECT_FALSE(is_part("id"));
  EXPECT_FALSE(is_part(part + "x"));
  EXPECT_FALSE(is_part(part.substr(2)));
}

}  // namespace
}  // namespace vitrine::stores
