#include "tests/support/disk_images.h"

#include <algorithm>
#include <concepts>

namespace vitrine::tests {
namespace {

using namespace std::string_view_literals;

/// Bytes that are written at places of one's choice; what lies between is zero.
class Sheet {
 public:
  explicit Sheet(std::size_t size) : bytes_(size, '\0') {}

  Sheet& text(std::size_t offset, std::string_view value) {
    if (bytes_.size() < offset + value.size()) bytes_.resize(offset + value.size());
    std::ranges::copy(value, bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
    return *this;
  }

  template <std::unsigned_integral Number>
  Sheet& little(std::size_t offset, Number value) {
    std::string digits;
    for (std::size_t i = 0; i < sizeof(Number); ++i) digits += static_cast<char>(value >> (8 * i));
    return text(offset, digits);
  }

  template <std::unsigned_integral Number>
  Sheet& big(std::size_t offset, Number value) {
    std::string digits;
    for (std::size_t i = sizeof(Number); i-- > 0;) digits += static_cast<char>(value >> (8 * i));
    return text(offset, digits);
  }

  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

void write_sparse_header(Sheet& sheet, std::size_t offset, std::string_view signature, const Vmdk& fields) {
  sheet.text(offset, signature)
      .little(offset + 4, fields.version)
      .little(offset + 8, std::uint32_t{3})
      .little(offset + 12, fields.capacity)
      .little(offset + 20, std::uint64_t{128})
      .little(offset + 28, fields.descriptor_place)
      .little(offset + 36, fields.descriptor_size)
      .little(offset + 44, std::uint32_t{512})
      .little(offset + 48, std::uint64_t{21})
      .little(offset + 56, fields.grain_directory);
}

}  // namespace

std::string qcow2(const Qcow2& fields) {
  return Sheet(1024)
      .text(0, "QFI\xfb"sv)
      .big(4, fields.version)
      .big(8, fields.backing_file)
      .big(20, std::uint32_t{16})
      .big(24, fields.size)
      .big(72, fields.incompatible)
      .take();
}

std::string qed() {
  return Sheet(1024).text(0, "QED\0"sv).take();
}

std::string vdi(std::uint64_t size) {
  return Sheet(1024)
      .text(0, "<<< Oracle VM VirtualBox Disk Image >>>\n")
      .little(0x40, std::uint32_t{0xbeda107f})
      .little(0x170, size)
      .take();
}

std::string vhd(std::uint64_t size) {
  return Sheet(1024).text(0, "conectix").big(40, size).take();
}

std::string vhdx(const Vhdx& fields) {
  constexpr std::string_view allocation =
      "\x66\x77\xc2\x2d\x23\xf6\x00\x42\x9d\x64\x11\x5e\x9b\xfd\x4a\x08"sv;
  constexpr std::string_view metadata = "\x06\xa2\x7c\x8b\x90\x47\x9a\x4b\xb8\xfe\x57\x5f\x05\x0f\x88\x6e"sv;
  constexpr std::string_view sector_size =
      "\x1d\xbf\x41\x81\x6f\xa9\x09\x47\xba\x47\xf2\x33\xa8\xfa\xab\x5f"sv;
  constexpr std::string_view disk_size = "\x24\x42\xa5\x2f\x1b\xcd\x76\x48\xb2\x11\x5d\xbe\xd8\x3b\xf4\xb8"sv;
  constexpr std::size_t regions = 192 * 1024;
  constexpr std::size_t table = 512 * 1024;  // where the metadata really is
  return Sheet(table + 128 * 1024)
      .text(0, "vhdxfile")
      .text(regions, fields.region_signature)
      .little(regions + 8, fields.region_count)
      .text(regions + 16, allocation)
      .little(regions + 32, std::uint64_t{2 << 20})
      .text(regions + 48, metadata)
      .little(regions + 64, fields.metadata_offset)
      .text(table, fields.metadata_signature)
      .little(table + 10, fields.metadata_count)
      .text(table + 32, sector_size)
      .little(table + 48, std::uint32_t{64 * 1024 + 8})
      .little(table + 52, std::uint32_t{4})
      .text(table + 64, disk_size)
      .little(table + 80, fields.item_offset)
      .little(table + 84, fields.item_length)
      .little(table + 64 * 1024, fields.size)
      .take();
}

std::string vmdk_descriptor(const Descriptor& fields) {
  return "# Disk DescriptorFile\nversion=1\nCID=8f2c1ab5\nparentCID=ffffffff\ncreateType=\"" + fields.type +
         "\"\n\n# Extent description\n" + fields.extents + fields.more +
         "\n# The Disk Data Base\n#DDB\n\nddb.virtualHWVersion = \"4\"\nddb.adapterType = \"ide\"\n";
}

std::string vmdk(const Vmdk& fields) {
  Sheet sheet(4096);
  write_sparse_header(sheet, 0, "KDMV", fields);
  return sheet.text(512, fields.descriptor).take();
}

std::string stream_optimized_vmdk(const Footer& footer) {
  Vmdk header;
  header.version = 3;
  header.descriptor = vmdk_descriptor({.type = "streamOptimized"});
  header.grain_directory = UINT64_MAX;
  Vmdk repeated = header;
  repeated.version = footer.version;
  repeated.descriptor_place = footer.descriptor_place;
  repeated.descriptor_size = footer.descriptor_size;
  repeated.grain_directory = footer.grain_directory;
  Sheet sheet(8192);
  sheet.text(0, vmdk(header));
  sheet.little(8192 - 1536, std::uint64_t{1}).little(8192 - 1536 + 12, footer.marker);
  write_sparse_header(sheet, 8192 - 1024, footer.signature, repeated);
  sheet.little(8192 - 512, footer.end_value).little(8192 - 512 + 12, footer.end_marker);
  return sheet.take();
}

std::string partitioned(const std::vector<Partition>& partitions) {
  Sheet sheet(8192);
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    const std::size_t entry = 446 + 16 * i;
    const Partition& partition = partitions[i];
    sheet.big(entry, (std::uint32_t{partition.boot_flag} << 24) | partition.first_cylinder)
        .big(entry + 4, partition.type)
        .little(entry + 8, partition.first_block)
        .little(entry + 12, std::uint32_t{100});
  }
  return sheet.text(510, "\x55\xaa").take();
}

std::string luks(std::uint16_t version, std::uint32_t payload_sector, std::size_t size) {
  return Sheet(size)
      .text(0, "LUKS\xba\xbe"sv)
      .big(6, version)
      .text(8, "aes")
      .text(40, "xts-plain64")
      .text(72, "sha256")
      .big(104, payload_sector)
      .big(108, std::uint32_t{64})
      .take();
}

std::string iso(const Iso& fields) {
  constexpr std::size_t descriptor = 32 * 1024;
  return Sheet(descriptor + 4096)
      .big(descriptor, fields.descriptor_type)
      .text(descriptor + 1, fields.identifier)
      .little(descriptor + 80, fields.blocks)
      .little(descriptor + 128, fields.block_size)
      .take();
}

std::string overlaid(std::string first, std::string_view second) {
  if (first.size() < second.size()) first.resize(second.size());
  for (std::size_t i = 0; i < second.size(); ++i) {
    if (first[i] == '\0') first[i] = second[i];
  }
  return first;
}

}  // namespace vitrine::tests
