#include "fetch/pushed_body.h"

#include <algorithm>

namespace vitrine::fetch {

void PushedBody::offer(Bytes bytes) {
  offer_ = bytes;
  rest_ = bytes;
}

void PushedBody::drop() {
  offer_ = {};
  rest_ = {};
}

std::optional<std::size_t> PushedBody::take(MutableBytes space) {
  is_wanted_ = true;
  if (rest_.empty() && !is_ended_) return {};
  const std::size_t count = std::min(space.size(), rest_.size());
  std::copy_n(rest_.begin(), count, space.begin());
  rest_ = rest_.subspan(count);
  taken_ += count;
  return count;
}

bool PushedBody::rewind() {
  if (taken_ != offer_.size() - rest_.size()) return false;
  rest_ = offer_;
  taken_ = 0;
  return true;
}

}  // namespace vitrine::fetch
