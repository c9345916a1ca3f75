#include "fetch/pushed_body.h"

#include <algorithm>

namespace vitrine::fetch {

std::optional<std::size_t> PushedBody::take(MutableBytes space) {
  is_wanted_ = true;
  if (rest_.empty() && !is_ended_) return {};
  const std::size_t count = std::min(space.size(), rest_.size());
  std::copy_n(rest_.begin(), count, space.begin());
  rest_ = rest_.subspan(count);
  taken_ += count;
  return count;
}

}  // namespace vitrine::fetch
