#include "stores/place.h"

#include <algorithm>

namespace vitrine::stores {
namespace {

bool share_a_name(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::find_first_of(a.begin(), a.end(), b.begin(), b.end()) != a.end();
}

}  // namespace

bool overlap(const Place& a, const Place& b) {
  return share_a_name(a.names, b.names) || share_a_name(a.names, b.around) || share_a_name(a.around, b.names);
}

}  // namespace vitrine::stores
