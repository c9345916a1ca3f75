#include "formats/inspector.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

namespace vitrine::formats {
namespace {

// The catalog's column is a signed number of 64 bits.
constexpr std::uint64_t largest_disk = std::numeric_limits<std::int64_t>::max();

// Glance's words, which clients are shown.
constexpr std::string_view truncated = "Incomplete file cannot be safety checked";
constexpr std::string_view inconsistent = "Image format inspection failed";

}  // namespace

std::uint64_t Inspector::virtual_size(std::uint64_t stream_size) const {
  if (!disk_start_) return virtual_size_;
  return stream_size > *disk_start_ ? stream_size - *disk_start_ : 0;
}

void Inspector::see(Bytes piece) {
  while (window_ && !piece.empty()) {
    const std::uint64_t wanted = window_->offset + kept_.size();
    const std::uint64_t gap = std::min<std::uint64_t>(wanted - position_, piece.size());
    piece = piece.subspan(gap);
    position_ += gap;
    const std::size_t taken = std::min(window_->length - kept_.size(), piece.size());
    kept_.insert(kept_.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(taken));
    piece = piece.subspan(taken);
    position_ += taken;
    if (kept_.size() == window_->length) hand_over();
  }
  position_ += piece.size();
}

void Inspector::hand_over() {
  const Window seen = *std::exchange(window_, std::nullopt);
  look(kept_);
  if (const auto longer = std::exchange(longer_, std::nullopt)) {
    assert(*longer > kept_.size());
    window_ = Window{seen.offset, *longer};
  } else {
    kept_ = {};
  }
}

void Inspector::finish() {
  waits_for_end_ = false;
  if (!window_ || match_ == Match::no) return;
  window_.reset();
  cut_short(std::exchange(kept_, {}));
}

void Inspector::cut_short(Bytes) {
  if (match_ == Match::yes) {
    fault_ = truncated;
  } else {
    match_is(Match::no);
  }
}

void Inspector::ask(Window next) {
  assert(next.length > 0);
  if (next.offset < position_ || next.offset > largest_disk) {
    return give_up();
  }
  window_ = next;
}

void Inspector::give_up() {
  window_.reset();
  longer_.reset();
  fault_ = inconsistent;
}

void Inspector::set_virtual_size(std::uint64_t count, std::uint64_t unit) {
  if (unit > 0 && count > largest_disk / unit) return give_up();
  virtual_size_ = count * unit;
}

}  // namespace vitrine::formats
