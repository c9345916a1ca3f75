#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <zlib.h>

#include <fstream>

#include "imports/plugin_table.h"
#include "imports/plugins/decompression.h"
#include "imports/sandboxed_process.h"
#include "tests/support/disk_images.h"
#include "tests/support/import_house.h"

namespace vitrine::imports {
namespace {

using testing::HasSubstr;

std::string gzipped(const std::string& content) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
  std::string result(compressBound(content.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  deflate(&stream, Z_FINISH);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

std::string zipped(const std::vector<std::string>& members) {
  std::string result(4096, '\0');
  for (const std::string& member : members) result.resize(result.size() + member.size());
  std::size_t used = 0;
  archive* writer = archive_write_new();
  archive_write_set_format_zip(writer);
  archive_write_set_bytes_in_last_block(writer, 1);
  archive_write_open_memory(writer, result.data(), result.size(), &used);
  for (std::size_t i = 0; i < members.size(); ++i) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, ("../../member" + std::to_string(i)).c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(members[i].size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_write_header(writer, entry);
    archive_write_data(writer, members[i].data(), members[i].size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
  result.resize(used);
  return result;
}

/// An archive of one member that is stored as it is, as LHA's first format has it; no tool in Debian makes
/// one.
std::string archived_by_lha(std::string_view content, std::string_view name = "disk") {
  const auto number = [](std::size_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * i & 0xFF);
    return text;
  };
  unsigned crc = 0;
  for (const char byte : content) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? crc >> 1 ^ 0xA001u : crc >> 1;
  }
  const std::string head = "-lh0-" + number(content.size(), 4) + number(content.size(), 4) + number(0, 4) +
                           "\x20" + number(0, 1) + number(name.size(), 1) + std::string(name) +
                           number(crc, 2);
  unsigned sum = 0;
  for (const char byte : head) sum += static_cast<unsigned char>(byte);
  return number(head.size(), 1) + number(sum & 0xFF, 1) + head + std::string(content);
}

class ImportPlugins : public ImportHouse {
 protected:
  ImportPlugins() {
    plugins_.injected = {{"origin", "lab"}, {"os_glance_stores", "x"}};
    plugins_.ignored_roles = {"Admin"};
    plugins_.vmdk_types = {"monolithicSparse"};
  }

  /// Imports staged data through plugins of these names.
  model::Image imported(std::string_view content, const std::vector<std::string>& names,
                        const std::string& disk_format = "raw") {
    plugins_.names = names;
    settings_.plugins = make_plugins(plugins_);
    const model::Image image = staged(content);
    catalog_->change(image.id, [&](model::Image& fresh) { fresh.disk_format = disk_format; });
    accepted(seen(image.id), "glance-direct", {}, {"memory", "second"})->run();
    expect_settled(image);
    return *catalog_->find(image.id);
  }

  void expect_refused(const model::Image& image, const std::string& why) {
    EXPECT_EQ(status_of(image.id), "queued");
    EXPECT_THAT(task().message, HasSubstr(why));
    EXPECT_FALSE(first_.memory->content(image.id));
    EXPECT_FALSE(second_.memory->content(image.id));
    EXPECT_EQ(image.disk_format, "raw");
  }

  PluginSettings plugins_;
};

TEST_F(ImportPlugins, InjectPropertiesButNoneOfTheServicesOwn) {
  admin_.roles = {"member"};

  const model::Image image = imported("12345", {"inject_image_metadata"});

  EXPECT_EQ(property(image, "origin"), "lab");
  EXPECT_EQ(property(image, "os_glance_stores"), "none");
  EXPECT_EQ(image.status, model::ImageStatus::active);
}

TEST_F(ImportPlugins, InjectNothingForIgnoredRoles) {
  admin_.roles = {"member", "admin"};

  EXPECT_EQ(property(imported("12345", {"inject_image_metadata"}), "origin"), "none");
}

TEST_F(ImportPlugins, InjectNothingIntoAnImageWhoseImportFails) {
  first_.faults.fail(tests::Operation::commit, 1);

  EXPECT_EQ(property(imported("12345", {"inject_image_metadata"}), "origin"), "none");
}

TEST_F(ImportPlugins, ExpandNoMoreThanTheProjectHasRoomFor) {
  storage_quota_ = images::StorageQuota(1999);  // for two stores

  const model::Image image = imported(gzipped(std::string(1000, 'x')), {"image_decompression"});

  expect_refused(image, "quota");
  EXPECT_EQ(first_.faults.calls(tests::Operation::create), 0u);
}

TEST_F(ImportPlugins, ExpandLha) {
  const model::Image image = imported(archived_by_lha("12345") + '\0', {"image_decompression"});

  EXPECT_EQ(first_.memory->content(image.id), "12345");
  EXPECT_EQ(image.size, 5u);
}

TEST_F(ImportPlugins, RefuseABrokenLha) {
  std::string data = archived_by_lha("12345");
  data.back() = 'x';

  expect_refused(imported(data + '\0', {"image_decompression"}), "broken");
}

TEST_F(ImportPlugins, RefuseAnLhaOfTwoFiles) {
  const std::string data = archived_by_lha("12345", "one") + archived_by_lha("12345", "two") + '\0';

  expect_refused(imported(data, {"image_decompression"}), "one file");
}

TEST_F(ImportPlugins, ExpandGzip) {
  const model::Image image = imported(gzipped("12345"), {"image_decompression"});

  EXPECT_EQ(first_.memory->content(image.id), "12345");
  EXPECT_EQ(second_.memory->content(image.id), "12345");
  EXPECT_EQ(image.size, 5u);
  EXPECT_EQ(image.checksum, "827ccb0eea8a706c4c34a16891f84e7b");
}

TEST_F(ImportPlugins, ExpandZip) {
  EXPECT_EQ(first_.memory->content(imported(zipped({"12345"}), {"image_decompression"}).id), "12345");
}

TEST_F(ImportPlugins, ExpandOnlyOnce) {
  const std::string inner = gzipped("12345");

  EXPECT_EQ(first_.memory->content(imported(gzipped(inner), {"image_decompression"}).id), inner);
}

TEST_F(ImportPlugins, LeaveDataAloneThatIsNotCompressed) {
  EXPECT_EQ(first_.memory->content(imported("12345", {"image_decompression"}).id), "12345");
}

TEST_F(ImportPlugins, RefuseBombs) {
  plugins_.decompressed_size = 1 << 20;

  expect_refused(imported(gzipped(std::string(4 << 20, '\0')), {"image_decompression"}),
                 "larger than 1048576");
}

TEST_F(ImportPlugins, RefuseABombOfTheOtherKind) {
  plugins_.decompressed_size = 1 << 20;

  expect_refused(imported(zipped({std::string(2 << 20, '\0')}), {"image_decompression"}),
                 "larger than 1048576");
}

TEST_F(ImportPlugins, RefuseArchivesOfSeveralFiles) {
  expect_refused(imported(zipped({"1", "2"}), {"image_decompression"}), "one file");
}

TEST_F(ImportPlugins, RefuseTruncatedData) {
  const std::string whole = gzipped(std::string(1000, 'x') + "12345");

  expect_refused(imported(whole.substr(0, whole.size() - 3), {"image_decompression"}), "broken");
}

TEST_F(ImportPlugins, RefuseToConvertWhatIsUnsafe) {
  expect_refused(imported(tests::qcow2({.backing_file = 512}), {"image_conversion"}, "raw"),
                 "disallowed configuration");
}

TEST_F(ImportPlugins, RefuseToConvertWhatIsNotWhatItClaims) {
  expect_refused(imported(tests::qcow2(), {"image_conversion"}, "raw"), "its disk_format is raw");
}

TEST_F(ImportPlugins, RefuseAHeaderThatQemuCannotRead) {
  plugins_.output_format = "raw";
  const model::Image image = imported(tests::qcow2(), {"image_conversion"}, "qcow2");

  EXPECT_EQ(image.status, model::ImageStatus::queued);
  EXPECT_THAT(task().message, HasSubstr("qemu-img"));
}

TEST_F(ImportPlugins, ConvertImages) {
  plugins_.output_format = "qcow2";

  const model::Image image = imported(std::string(40000, 'x'), {"image_conversion"});

  EXPECT_EQ(image.status, model::ImageStatus::active);
  EXPECT_EQ(image.disk_format, "qcow2");
  EXPECT_EQ(image.virtual_size, 40448u) << "in whole sectors";
  EXPECT_THAT(*first_.memory->content(image.id), testing::StartsWith("QFI\xfb"));
}

TEST_F(ImportPlugins, ExpandBeforeTheyConvert) {
  plugins_.output_format = "qcow2";

  const model::Image image =
      imported(gzipped(std::string(1 << 20, 'x')), {"image_decompression", "image_conversion"});

  EXPECT_EQ(image.disk_format, "qcow2");
  EXPECT_EQ(image.virtual_size, 1u << 20);
}

TEST_F(ImportPlugins, AreKnownByName) {
  plugins_.names = {"image_polishing"};

  EXPECT_EQ(images::code_of([&] { make_plugins(plugins_); }), ErrorCode::configuration);
}

}  // namespace
}  // namespace vitrine::imports
