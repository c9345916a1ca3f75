#include <string_view>

#include "tests/support/disk_images.h"

namespace vitrine::tests {
namespace {

using namespace std::string_literals;

constexpr std::uint64_t gibibyte = 1 << 30;
using Samples = std::vector<Sample>;

void add(Samples& all, const Samples& more) {
  all.insert(all.end(), more.begin(), more.end());
}

Samples qcow2_samples() {
  return {
      {"qcow2", qcow2(), "qcow2", gibibyte},
      {"qcow2 version 2", qcow2({.version = 2}), "qcow2", gibibyte},
      {"qcow2 version 2 with anything behind its header", qcow2({.version = 2, .incompatible = ~4ull}),
       "qcow2", gibibyte},
      {"qcow2 with known features", qcow2({.incompatible = 0b1011}), "qcow2", gibibyte},
      {"qcow2 with a backing file", qcow2({.backing_file = 0x200}), "qcow2", gibibyte, "backing_file"},
      {"qcow2 with a backing file far away", qcow2({.backing_file = 1ull << 63}), "qcow2", gibibyte,
       "backing_file"},
      {"qcow2 with a data file", qcow2({.incompatible = 4}), "qcow2", gibibyte, "data_file"},
      {"qcow2 version 2 with a data file", qcow2({.version = 2, .incompatible = 4}), "qcow2", gibibyte,
       "data_file"},
      {"qcow2 with extended L2 entries", qcow2({.incompatible = 1 << 4}), "qcow2", gibibyte,
       "unknown_features"},
      {"qcow2 with the last feature", qcow2({.incompatible = 1ull << 63}), "qcow2", gibibyte,
       "unknown_features"},
      {"qcow2 with everything wrong", qcow2({.backing_file = 1, .incompatible = ~0ull}), "qcow2", gibibyte,
       "backing_file,data_file,unknown_features"},
      {"qcow version 1", qcow2({.version = 1}), "qcow2", gibibyte, "unknown_features"},
      {"qcow2 version 4", qcow2({.version = 4}), "qcow2", gibibyte, "unknown_features"},
      {"qcow2 of no size", qcow2({.size = 0}), "qcow2", 0},
      {"qcow2 of the largest size", qcow2({.size = INT64_MAX}), "qcow2", INT64_MAX},
      {"qcow2 too large for a catalog", qcow2({.size = 1ull << 63}), "qcow2", 0, "", true},
  };
}

Samples small_samples() {
  return {
      {"nothing", "", "raw", 0},
      {"one byte", "x", "raw", 1},
      {"zeros", std::string(100'000, '\0'), "raw", 100'000},
      {"qed", qed(), "qed", 1024, "banned"},
      {"vdi", vdi(), "vdi", gibibyte},
      {"vdi too large for a catalog", vdi(~0ull), "vdi", 0, "", true},
      {"vhd", vhd(), "vhd", gibibyte},
      {"vhd too large for a catalog", vhd(~0ull), "vhd", 0, "", true},
      {"vhd of fixed size", std::string(4096, '\0') + vhd().substr(0, 512), "raw", 4608},
      {"luks", luks(), "luks", 8192 - 2048},
      {"luks with its payload behind its end", luks(1, ~0u), "luks", 0},
      {"luks version 2", luks(2), "luks", 0, "version"},
      {"luks version 0", luks(0), "luks", 0, "version"},
  };
}

Samples vhdx_samples() {
  const Sample broken{"", "", "vhdx", 0, "", true};
  const auto with = [&](const char* name, const Vhdx& fields) {
    Sample sample = broken;
    sample.name = "vhdx "s + name;
    sample.bytes = vhdx(fields);
    return sample;
  };
  return {
      {"vhdx", vhdx(), "vhdx", gibibyte},
      with("too large for a catalog", {.size = ~0ull}),
      with("without a region table", {.region_signature = "none"}),
      with("with too many regions", {.region_count = 2048}),
      with("with more regions than a number can count", {.region_count = ~0u}),
      with("without a metadata region", {.region_count = 1}),
      with("with its metadata behind its end", {.metadata_offset = 1ull << 40}),
      with("with its metadata behind every end", {.metadata_offset = ~0ull}),
      with("with its metadata in its region table", {.metadata_offset = 200 * 1024}),
      with("without metadata where it says", {.metadata_signature = "nothing."}),
      with("with too many items", {.metadata_count = 2048}),
      with("without a size", {.metadata_count = 1}),
      with("with its size behind its end", {.item_offset = ~0u}),
      with("with its size in its table", {.item_offset = 0}),
      with("with a size of four bytes", {.item_length = 4}),
      with("with a size of a great many bytes", {.item_length = ~0u}),
  };
}

Sample with_descriptor(const char* name, const Descriptor& fields) {
  return {"vmdk "s + name, vmdk({.descriptor = vmdk_descriptor(fields)}), "vmdk", gibibyte, "descriptor"};
}

Samples vmdk_descriptor_samples() {
  Sample quoted = with_descriptor("of two minds", {.more = "createType=\"monolithicFlat\"\n"});
  return {
      with_descriptor("of flat extents", {.type = "monolithicFlat"}),
      with_descriptor("on a device", {.type = "fullDevice"}),
      with_descriptor("of no type", {.type = ""}),
      with_descriptor("of a type that is too long", {.type = std::string(100, 'x')}),
      with_descriptor("with a path", {.extents = "RW 1 FLAT \"/etc/passwd\" 0\n"}),
      with_descriptor("with a path behind a tab",
                      {.extents = "RW\t1\tFLAT\t\"/etc/a=b\"\t0\nRW 1 SPARSE \"x\"\n"}),
      with_descriptor("with a bad extent behind a good one",
                      {.extents = "RW 1 SPARSE \"x\"\n  noaccess 1 FLAT \"../y\" 0\r\n"}),
      with_descriptor("without extents", {.extents = ""}),
      with_descriptor("with a strange line", {.more = "OPEN 1 FLAT \"x\" 0\n"}),
      with_descriptor("that is not ASCII", {.more = "# \xe4\n"}),
      with_descriptor("with a parent", {.more = "parentFileNameHint=\"/etc/passwd\"\n"}),
      quoted,
  };
}

Samples vmdk_samples() {
  const std::string text = vmdk_descriptor();
  const Sample unjudged{"", "", "vmdk", 0, "descriptor"};
  const auto with = [&](const char* name, const Vmdk& fields) {
    Sample sample = unjudged;
    sample.name = "vmdk "s + name;
    sample.bytes = vmdk(fields);
    return sample;
  };
  Samples all{
      {"vmdk", vmdk(), "vmdk", gibibyte},
      {"vmdk in other letters", vmdk({.descriptor = vmdk_descriptor({.type = "MONOLITHICsparse"})}), "vmdk",
       gibibyte},
      {"vmdk with a descriptor up to its last byte",
       vmdk({.descriptor = text + std::string(1024 - text.size(), '\n')}), "vmdk", gibibyte},
      {"vmdk with a descriptor as large as may be",
       vmdk({.descriptor = text + std::string(1 << 20, '\n'), .descriptor_size = ~0ull}), "vmdk", gibibyte},
      {"vmdk with a descriptor that is cut off", vmdk({.descriptor_size = 1 << 11}), "vmdk", gibibyte, "",
       true},
      {"vmdk too large for a catalog", vmdk({.capacity = 1ull << 54}), "vmdk", 0, "", true},
      with("version 0", {.version = 0}),
      with("version 4", {.version = 4}),
      with("with its descriptor elsewhere", {.descriptor_place = 2}),
      with("with its descriptor behind every end", {.descriptor_place = ~0ull}),
      with("without a descriptor", {.descriptor_size = 0}),
      {"vmdk with an empty descriptor", vmdk({.descriptor = ""}), "vmdk", gibibyte, "descriptor"},
      {"vmdk that is only text", vmdk_descriptor({.type = "monolithicFlat"}), "vmdk", 0, "descriptor"},
      {"vmdk that is only text and says otherwise", text, "vmdk", 0, "descriptor"},
      {"vmdk that is text before other bytes", text + "\0\x80"s, "vmdk", 0, "descriptor"},
      {"text", std::string(5000, 'a'), "raw", 5000},
      {"text of a descriptor behind a NUL", std::string(100, 'a') + '\0' + text, "raw", 101 + text.size()},
  };
  add(all, vmdk_descriptor_samples());
  return all;
}

Samples footer_samples() {
  const auto with = [](const char* name, const Footer& footer) {
    return Sample{"vmdk with a footer "s + name, stream_optimized_vmdk(footer), "vmdk", gibibyte, "footer"};
  };
  const std::string good = stream_optimized_vmdk();
  return {
      {"vmdk with a footer", good, "vmdk", gibibyte},
      with("of another signature", {.signature = "COWD"}),
      with("of another version", {.version = 1}),
      with("with its descriptor elsewhere", {.descriptor_place = 9}),
      with("with a longer descriptor", {.descriptor_size = 3}),
      with("that points to another", {.grain_directory = ~0ull}),
      with("without a marker", {.marker = 2}),
      with("without an end", {.end_marker = 1}),
      with("with something in its end", {.end_value = 7}),
      {"vmdk with bytes behind its footer", good + "x", "vmdk", gibibyte, "footer"},
      {"vmdk with its footer cut off", good.substr(0, 6000), "vmdk", gibibyte, "footer"},
  };
}

Samples partition_samples() {
  const Partition linux{.boot_flag = 0x80, .type = 0x83};
  const auto bad = [](const char* name, const std::vector<Partition>& partitions) {
    return Sample{"mbr "s + name, partitioned(partitions), "gpt", 8192, "mbr"};
  };
  Partition far = protective;
  far.first_block = 2;
  Partition skewed = protective;
  skewed.first_cylinder = 0x000100;
  std::string fat = partitioned({});
  fat[0x10] = 2;
  fat[0x15] = '\xf8';
  return {
      {"gpt", partitioned({protective}), "gpt", 8192},
      {"mbr", partitioned({linux}), "gpt", 8192},
      {"mbr with all partitions", partitioned({linux, linux, linux, linux}), "gpt", 8192},
      {"mbr with only its last partition", partitioned({{}, {}, {}, linux}), "gpt", 8192},
      bad("without partitions", {}),
      bad("with a strange flag", {{.boot_flag = 0x81, .type = 0x83}}),
      bad("with a strange flag on an empty partition", {linux, {.boot_flag = 1}}),
      bad("with its protective partition second", {{}, protective}),
      bad("with another partition beside the protective one", {protective, linux}),
      bad("with two protective partitions", {protective, protective}),
      bad("with its protective partition too far", {far}),
      bad("with its protective partition at another cylinder", {skewed}),
      {"fat", fat, "raw", 8192},
  };
}

Samples iso_samples() {
  return {
      {"iso", iso(), "iso", 2'048'000},
      {"udf", iso({.identifier = "NSR02", .descriptor_type = 0}), "iso", 0},
      {"udf 3", iso({.identifier = "NSR03", .descriptor_type = 0}), "iso", 0},
      {"iso of the largest size", iso({.blocks = ~0u, .block_size = 0xffff}), "iso", 0xffffffffull * 0xffff},
      {"iso without a size of blocks", iso({.block_size = 0}), "iso", 0},
      {"iso without its whole descriptor", iso().substr(0, 34 * 1024 - 1), "raw", 34 * 1024 - 1},
      {"iso that boots as a disk", overlaid(iso(), partitioned({{.boot_flag = 0x80, .type = 0x17}})), "iso",
       2'048'000},
      {"iso with a strange partition table", overlaid(iso(), partitioned({})), "iso", 2'048'000},
  };
}

Samples polyglots() {
  const std::string mbr = partitioned({{.type = 0x83}});
  return {
      {"qcow2 and mbr", overlaid(qcow2(), mbr), "gpt,qcow2", 0},
      {"qcow2 and iso", overlaid(qcow2(), iso()), "iso,qcow2", 0},
      {"qcow2 and iso and mbr", overlaid(overlaid(qcow2(), iso()), mbr), "gpt,iso,qcow2", 0},
      {"qcow2 with a backing file and iso", overlaid(qcow2({.backing_file = 1}), iso()), "iso,qcow2", 0,
       "backing_file"},
      {"vdi and mbr", overlaid(vdi(), mbr), "gpt,vdi", 0},
      {"vhdx and iso", overlaid(vhdx(), iso()), "iso,vhdx", 0},
      {"luks and iso", overlaid(luks(), iso()), "iso,luks", 0},
      {"vmdk and iso", overlaid(vmdk(), iso()), "iso,vmdk", 0},
  };
}

Samples truncations() {
  Samples all;
  const auto cut = [&](const char* name, const std::string& whole, std::size_t size, const char* format,
                       bool has_fault) {
    const std::string bytes = whole.substr(0, size);
    const std::uint64_t virtual_size = has_fault ? 0 : size;
    all.push_back(
        {name + " cut off at "s + std::to_string(size), bytes, format, virtual_size, "", has_fault});
  };
  for (const std::size_t size : {3, 4, 31, 72, 511}) cut("qcow2", qcow2(), size, "raw", false);
  for (const std::size_t size : {0x43, 0x44, 0x177, 511}) cut("vdi", vdi(), size, "raw", false);
  cut("vhd", vhd(), 7, "raw", false);
  for (const std::size_t size : {8, 47, 511}) cut("vhd", vhd(), size, "vhd", true);
  cut("luks", luks(), 5, "raw", false);
  for (const std::size_t size : {6, 107, 591}) cut("luks", luks(), size, "luks", true);
  for (const std::size_t size : {8, 200'000, 262'143, 524'288, 589'831}) {
    cut("vhdx", vhdx(), size, "vhdx", true);
  }
  cut("vmdk", vmdk(), 3, "raw", false);
  for (const std::size_t size : {4, 63}) cut("vmdk", vmdk(), size, "vmdk", true);
  cut("mbr", partitioned({protective}), 511, "raw", false);
  return all;
}

}  // namespace

std::vector<Sample> disk_image_samples() {
  Samples all = qcow2_samples();
  for (const auto& make : {small_samples, vhdx_samples, vmdk_samples, footer_samples, partition_samples,
                           iso_samples, polyglots, truncations}) {
    add(all, make());
  }
  return all;
}

}  // namespace vitrine::tests
