#include <fmt/format.h>

#include <array>

#include "formats/inspectors.h"
#include "formats/numbers.h"

namespace vitrine::formats {
namespace {

constexpr std::string_view check = "mbr";
constexpr std::byte protective{0xee};  // the type of the one partition that hides a GPT from older systems

struct Partition {
  std::byte boot_flag;
  std::array<std::byte, 3> first_cylinder;  // and head and sector
  std::byte type;
  std::uint32_t first_block;
};

Partition read_partition(Bytes sector, std::size_t index) {
  const Bytes entry = sector.subspan(446 + 16 * index, 16);
  return {.boot_flag = entry[0],
          .first_cylinder = {entry[1], entry[2], entry[3]},
          .type = entry[4],
          .first_block = little_endian<std::uint32_t>(entry, 8)};
}

/// A file system's boot sector ends like a partition table; a FAT says that there are two tables on a disk.
bool is_fat(Bytes sector) {
  return sector[0x10] == std::byte{2} && sector[0x15] == std::byte{0xf8};
}

/// A disk with a partition table. A GPT is recognised by the MBR that must stand before it.
class Gpt : public Inspector {
 public:
  Gpt() : Inspector({0, 512}) {}

 private:
  void look(Bytes sector) override {
    if (little_endian<std::uint16_t>(sector, 510) != 0xaa55 || is_fat(sector)) return match_is(Match::no);
    match_is(Match::yes);
    measure_stream_from(0);
    bool has_protective = false;
    int in_use = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const Partition partition = read_partition(sector, i);
      check_partition(partition, i);
      has_protective |= partition.type == protective;
      if (partition.type != std::byte{0}) ++in_use;
    }
    if (in_use == 0) fail(check, "it has no partition");
    if (has_protective && in_use > 1) fail(check, "it has other partitions beside the protective one");
  }

  void check_partition(const Partition& partition, std::size_t index) {
    constexpr std::array second_sector = {std::byte{0}, std::byte{2}, std::byte{0}};
    if (partition.boot_flag != std::byte{0} && partition.boot_flag != std::byte{0x80}) {
      fail(check, fmt::format("partition {} has an invalid boot flag", index));
    }
    if (partition.type != protective) return;
    if (index != 0) fail(check, "the protective partition is not the first");
    if (partition.first_cylinder != second_sector || partition.first_block != 1) {
      fail(check, "the protective partition does not start at the second sector");
    }
  }
};

}  // namespace

std::unique_ptr<Inspector> inspect_gpt() {
  return std::make_unique<Gpt>();
}

}  // namespace vitrine::formats
