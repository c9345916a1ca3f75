#include "formats/inspectors.h"
#include "formats/numbers.h"

namespace vitrine::formats {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t table_size = 64 * 1024;  // of the region table as of the metadata table
constexpr std::size_t entry_size = 32;
constexpr std::uint32_t most_entries = 2047;

/// As they stand in the file: the first three parts of a GUID are little endian.
constexpr std::string_view metadata_region =
    "\x06\xa2\x7c\x8b\x90\x47\x9a\x4b\xb8\xfe\x57\x5f\x05\x0f\x88\x6e"sv;
constexpr std::string_view disk_size_item =
    "\x24\x42\xa5\x2f\x1b\xcd\x76\x48\xb2\x11\x5d\xbe\xd8\x3b\xf4\xb8"sv;

/// The entry of a table with that GUID, the first one starting at `offset`; empty if there is none.
Bytes find_entry(Bytes table, std::size_t offset, std::uint32_t count, std::string_view guid) {
  for (std::uint32_t i = 0; i < count && offset + entry_size <= table.size(); ++i, offset += entry_size) {
    const Bytes entry = table.subspan(offset, entry_size);
    if (starts_with(entry, guid)) return entry;
  }
  return {};
}

/// Hyper-V's disk. Layout: [MS-VHDX]. The size of the disk is an item of the metadata region, which the
/// region table points to.
class Vhdx : public Inspector {
 public:
  Vhdx() : Inspector({0, magic.size()}) {}

 private:
  static constexpr std::string_view magic = "vhdxfile";
  enum class Stage { identifier, regions, metadata, disk_size };

  void look(Bytes bytes) override {
    switch (stage_) {
      case Stage::identifier:
        return look_at_identifier(bytes);
      case Stage::regions:
        return look_at_regions(bytes);
      case Stage::metadata:
        return look_at_metadata(bytes);
      case Stage::disk_size:
        return set_virtual_size(little_endian<std::uint64_t>(bytes, 0));
    }
  }

  void look_at_identifier(Bytes bytes) {
    if (!starts_with(bytes, magic)) return match_is(Match::no);
    match_is(Match::yes);
    stage_ = Stage::regions;
    ask({192 * 1024, table_size});
  }

  void look_at_regions(Bytes table) {
    const auto count = little_endian<std::uint32_t>(table, 8);
    if (!starts_with(table, "regi") || count > most_entries) return give_up();
    const Bytes entry = find_entry(table, 16, count, metadata_region);
    if (entry.empty()) return give_up();
    metadata_offset_ = little_endian<std::uint64_t>(entry, 16);
    stage_ = Stage::metadata;
    ask({metadata_offset_, table_size});
  }

  void look_at_metadata(Bytes table) {
    const auto count = little_endian<std::uint16_t>(table, 10);
    if (!starts_with(table, "metadata") || count > most_entries) return give_up();
    const Bytes entry = find_entry(table, 32, count, disk_size_item);
    if (entry.empty() || little_endian<std::uint32_t>(entry, 20) != sizeof(std::uint64_t)) {
      return give_up();
    }
    stage_ = Stage::disk_size;
    // Both fit: ask() took no offset beyond what a signed number can hold.
    ask({metadata_offset_ + little_endian<std::uint32_t>(entry, 16), sizeof(std::uint64_t)});
  }

  Stage stage_ = Stage::identifier;
  std::uint64_t metadata_offset_ = 0;
};

}  // namespace

std::unique_ptr<Inspector> inspect_vhdx() {
  return std::make_unique<Vhdx>();
}

}  // namespace vitrine::formats
