#include "fetch/reach.h"

#include <fmt/format.h>

#include <algorithm>

namespace vitrine::fetch {

std::optional<std::string> Reach::objection(std::string_view address) const {
  const AddressClass address_class = class_of_ip(address).value_or(AddressClass::local);
  const std::string_view gap = advice.empty() ? "" : ". ";
  if (address_class < nearest) {
    return fmt::format("has a {} address, which is nearer than this request may go{}{}",
                       to_string(address_class), gap, advice);
  }
  const std::optional<std::string> last = final_address(address);
  if (last && std::find(refused.begin(), refused.end(), *last) != refused.end()) {
    return fmt::format("has an address that is refused{}{}", gap, advice);
  }
  return {};
}

}  // namespace vitrine::fetch
