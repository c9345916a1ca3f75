#include "access/policy_references.h"

namespace vitrine::access {
namespace {

References reversed(const References& references) {
  References result(references.size());
  for (std::size_t from = 0; from < references.size(); ++from) {
    for (const std::size_t to : references[from]) result[to].push_back(from);
  }
  return result;
}

/// Takes away, again and again, every rule that refers to none that is left. `backward` is the reverse of
/// `forward`.
void strip(const References& forward, const References& backward, std::vector<bool>& is_left) {
  std::vector<std::size_t> count(forward.size());
  std::vector<std::size_t> ends;
  for (std::size_t rule = 0; rule < forward.size(); ++rule) {
    for (const std::size_t to : forward[rule]) count[rule] += is_left[to] ? 1 : 0;
    if (is_left[rule] && count[rule] == 0) ends.push_back(rule);
  }
  while (!ends.empty()) {
    const std::size_t end = ends.back();
    ends.pop_back();
    is_left[end] = false;
    for (const std::size_t from : backward[end]) {
      if (--count[from] == 0 && is_left[from]) ends.push_back(from);
    }
  }
}

}  // namespace

std::vector<std::size_t> circular_rules(const References& references) {
  const References backward = reversed(references);
  std::vector<bool> is_left(references.size(), true);
  strip(references, backward, is_left);
  strip(backward, references, is_left);
  std::vector<std::size_t> result;
  for (std::size_t rule = 0; rule < is_left.size(); ++rule) {
    if (is_left[rule]) result.push_back(rule);
  }
  return result;
}

}  // namespace vitrine::access
