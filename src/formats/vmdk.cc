#include <fmt/format.h>

#include <algorithm>

#include "formats/inspectors.h"
#include "formats/numbers.h"
#include "formats/vmdk_descriptor.h"

namespace vitrine::formats {
namespace {

constexpr std::size_t sector = 512;
constexpr std::string_view magic = "KDMV";

/// The part of a sparse extent's header that matters here.
struct SparseHeader {
  static constexpr std::size_t size = 64;
  static constexpr std::uint64_t at_end = UINT64_MAX;  // the grain directory's place is in a footer

  explicit SparseHeader(Bytes bytes)
      : has_magic(starts_with(bytes, magic)),
        version(little_endian<std::uint32_t>(bytes, 4)),
        capacity(little_endian<std::uint64_t>(bytes, 12)),
        descriptor_sector(little_endian<std::uint64_t>(bytes, 28)),
        descriptor_sectors(little_endian<std::uint64_t>(bytes, 36)),
        grain_directory(little_endian<std::uint64_t>(bytes, 56)) {}

  bool has_magic;
  std::uint32_t version;
  std::uint64_t capacity;  // sectors
  std::uint64_t descriptor_sector;
  std::uint64_t descriptor_sectors;
  std::uint64_t grain_directory;
};

/// The last three sectors of a stream-optimised disk: a marker, the footer, and another marker.
class Tail {
 public:
  void see(Bytes piece) {
    if (piece.size() > size) piece = piece.last(size);
    const std::size_t excess = kept_.size() + piece.size() - std::min(kept_.size() + piece.size(), size);
    kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(excess));
    kept_.insert(kept_.end(), piece.begin(), piece.end());
  }

  bool is_whole() const { return kept_.size() == size; }
  Bytes first_marker() const { return Bytes(kept_).first(sector); }
  Bytes footer() const { return Bytes(kept_).subspan(sector, sector); }
  Bytes last_marker() const { return Bytes(kept_).last(sector); }

 private:
  static constexpr std::size_t size = 3 * sector;
  std::vector<std::byte> kept_;
};

/// A marker of a stream: a number, the size of what follows, its type, and nothing else.
bool is_marker(Bytes bytes, std::uint32_t type) {
  const auto is_zero = [](std::byte byte) { return byte == std::byte{0}; };
  return little_endian<std::uint32_t>(bytes, 8) == 0 && little_endian<std::uint32_t>(bytes, 12) == type &&
         std::ranges::all_of(bytes.subspan(16), is_zero);
}

bool is_text(Bytes bytes) {
  return std::ranges::all_of(text_of(bytes),
                             [](char c) { return (c >= ' ' && c <= '~') || (c >= '\t' && c <= '\r'); });
}

/// VMware's disk: a sparse extent with a descriptor inside, or a descriptor that names other files.
class Vmdk : public Inspector {
 public:
  Vmdk() : Inspector({0, magic.size()}) {}

  void see(Bytes piece) override {
    tail_.see(piece);
    Inspector::see(piece);
  }

  void finish() override {
    Inspector::finish();
    if (footer_expected_ && !fault()) check_footer();
  }

 private:
  enum class Stage { signature, header, descriptor, text };

  void look(Bytes bytes) override {
    switch (stage_) {
      case Stage::signature:
        return look_at_signature(bytes);
      case Stage::header:
        return match() == Match::yes ? look_at_header(bytes) : look_for_text(bytes);
      case Stage::descriptor:
        return look_at_descriptor(bytes);
      case Stage::text:
        return look_at_text(bytes);
    }
  }

  void cut_short(Bytes part) override {
    if (stage_ == Stage::text) return look_at_text(part);
    Inspector::cut_short(part);
  }

  void look_at_signature(Bytes bytes) {
    if (starts_with(bytes, magic)) match_is(Match::yes);
    stage_ = Stage::header;
    ask_for_more(SparseHeader::size);
  }

  void look_at_header(Bytes bytes) {
    header_.emplace(bytes);
    if (header_->version < 1 || header_->version > 3) {
      return fail("descriptor", fmt::format("its version is {}", header_->version));
    }
    if (header_->descriptor_sector != 1) return fail("descriptor", "its descriptor is not behind its header");
    if (header_->descriptor_sectors == 0) return fail("descriptor", "it has no descriptor");
    set_virtual_size(header_->capacity, sector);
    if (fault()) return;
    if (header_->grain_directory == SparseHeader::at_end) expect_footer();
    stage_ = Stage::descriptor;
    constexpr std::uint64_t most_sectors = largest_vmdk_descriptor / sector + 1;
    const std::size_t length = std::min(header_->descriptor_sectors, most_sectors) * sector;
    ask({sector, std::min(length, largest_vmdk_descriptor)});
  }

  void look_at_descriptor(Bytes bytes) {
    if (auto danger = danger_of_vmdk_descriptor(text_of(bytes))) fail("descriptor", std::move(*danger));
  }

  void look_for_text(Bytes bytes) {
    if (!is_text(bytes)) return match_is(Match::no);
    stage_ = Stage::text;
    ask_for_more(largest_vmdk_descriptor);
  }

  void look_at_text(Bytes bytes) {
    if (!is_vmdk_descriptor(text_of(bytes))) return match_is(Match::no);
    match_is(Match::yes);
    fail("descriptor", "its data lies in other files");
  }

  void expect_footer() {
    footer_expected_ = true;
    wait_for_end();
  }

  void check_footer() {
    const auto refuse = [this](const char* reason) { fail("footer", reason); };
    if (!tail_.is_whole()) return refuse("it has no footer");
    const SparseHeader footer(tail_.footer());
    if (!footer.has_magic || footer.version != header_->version) refuse("its footer differs from its header");
    if (footer.descriptor_sector != header_->descriptor_sector ||
        footer.descriptor_sectors != header_->descriptor_sectors) {
      refuse("its footer has another descriptor than its header");
    }
    if (footer.grain_directory == SparseHeader::at_end) refuse("its footer points to another footer");
    constexpr std::uint32_t end_of_stream = 0;
    constexpr std::uint32_t footer_follows = 3;
    if (!is_marker(tail_.first_marker(), footer_follows)) refuse("no marker says that the footer follows");
    if (!is_marker(tail_.last_marker(), end_of_stream) ||
        little_endian<std::uint64_t>(tail_.last_marker(), 0) != 0) {
      refuse("no marker ends the stream");
    }
  }

  Stage stage_ = Stage::signature;
  std::optional<SparseHeader> header_;  // once it is seen
  bool footer_expected_ = false;
  Tail tail_;
};

}  // namespace

std::unique_ptr<Inspector> inspect_vmdk() {
  return std::make_unique<Vmdk>();
}

}  // namespace vitrine::formats
