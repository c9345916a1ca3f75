#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Disk images made on the spot: the headers of good ones, and of such as attack whoever opens them.
namespace vitrine::tests {

struct Qcow2 {
  std::uint32_t version = 3;
  std::uint64_t backing_file = 0;  ///< where its name stands; 0: none
  std::uint64_t size = 1 << 30;
  std::uint64_t incompatible = 0;  ///< feature bits
};
std::string qcow2(const Qcow2& fields = {});

std::string qed();
std::string vdi(std::uint64_t size = 1 << 30);
std::string vhd(std::uint64_t size = 1 << 30);

struct Vhdx {
  std::uint64_t size = 1 << 30;
  std::string_view region_signature = "regi";
  std::uint32_t region_count = 2;
  std::uint64_t metadata_offset = 512 * 1024;
  std::string_view metadata_signature = "metadata";
  std::uint16_t metadata_count = 3;
  std::uint32_t item_offset = 64 * 1024;  ///< of the disk's size, from the metadata's start
  std::uint32_t item_length = 8;
};
std::string vhdx(const Vhdx& fields = {});

struct Descriptor {
  std::string type = "monolithicSparse";
  std::string extents = "RW 2097152 SPARSE \"disk.vmdk\"\n";
  std::string more;  ///< lines
};
std::string vmdk_descriptor(const Descriptor& fields = {});

struct Vmdk {
  std::string descriptor = vmdk_descriptor();
  std::uint32_t version = 1;
  std::uint64_t capacity = 2097152;  ///< sectors of 512 bytes, as all below
  std::uint64_t descriptor_place = 1;
  std::uint64_t descriptor_size = 2;
  std::uint64_t grain_directory = 21;
};
std::string vmdk(const Vmdk& fields = {});

/// What stands in the footer of a stream-optimised disk where it differs from the header.
struct Footer {
  std::string_view signature = "KDMV";
  std::uint32_t version = 3;
  std::uint64_t descriptor_place = 1;
  std::uint64_t descriptor_size = 2;
  std::uint64_t grain_directory = 30;
  std::uint32_t marker = 3;
  std::uint32_t end_marker = 0;
  std::uint64_t end_value = 0;
};
std::string stream_optimized_vmdk(const Footer& footer = {});

struct Partition {
  std::uint8_t boot_flag = 0;
  std::uint8_t type = 0;
  std::uint32_t first_block = 2048;
  std::uint32_t first_cylinder = 0x000200;  ///< three bytes, as they stand
};
/// A protective partition, as a GPT demands it.
inline constexpr Partition protective{.type = 0xee, .first_block = 1};
std::string partitioned(const std::vector<Partition>& partitions);

std::string luks(std::uint16_t version = 1, std::uint32_t payload_sector = 4, std::size_t size = 8192);

struct Iso {
  std::string_view identifier = "CD001";
  std::uint8_t descriptor_type = 1;
  std::uint32_t blocks = 1000;
  std::uint16_t block_size = 2048;
};
std::string iso(const Iso& fields = {});

/// The first image with the second one's bytes where its own are zero: several formats in one file.
std::string overlaid(std::string first, std::string_view second);

struct Sample {
  std::string name;
  std::string bytes;
  std::string formats;             ///< that it matches, comma separated, in the order of the alphabet
  std::uint64_t virtual_size = 0;  ///< 0: unknown, or several formats
  std::string failures = {};       ///< names of checks, comma separated
  bool has_fault = false;          ///< matches, but cannot be judged
};

/// One of everything.
std::vector<Sample> disk_image_samples();

}  // namespace vitrine::tests
