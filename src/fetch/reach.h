#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fetch/address_class.h"

namespace vitrine::fetch {

/// Which addresses a connection may be made to.
struct Reach {
  AddressClass nearest = AddressClass::local;
  std::vector<std::string> refused;  ///< single addresses, as final_address() writes them
  std::string advice;                ///< a sentence that tells those who are refused what to do; may be empty

  /// What is wrong with the address, as the end of a sentence about its host; nothing if it is within reach.
  /// What is no IP address counts as local.
  std::optional<std::string> objection(std::string_view address) const;
};

}  // namespace vitrine::fetch
