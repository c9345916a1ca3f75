#include "fetch/content_range.h"
#include "fetch/patience.h"
#include "tests/fuzz/fuzz.h"

namespace vitrine::tests {
namespace {

/// Whatever a server says of the data, it can be counted with.
void read_header(std::string_view value) {
  if (const auto range = fetch::parse_content_range(value)) {
    require(range->part || range->total);
    if (range->part) require(range->part->first <= range->part->last && range->part->last < UINT64_MAX);
    if (range->part && range->total) require(range->part->last < *range->total);
  }
  constexpr std::chrono::hours most{366 * 24};
  for (const std::int64_t seconds : {std::int64_t{0}, std::int64_t{1'800'000'000}}) {
    const auto wait = fetch::parse_retry_after(value, Timestamp(std::chrono::seconds(seconds)));
    if (wait) require(wait->count() >= 0 && *wait <= most);
  }
}

}  // namespace

VITRINE_FUZZ(read_header);

}  // namespace vitrine::tests
