#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vitrine::stores {

/// Where a store keeps its blobs, as far as its configuration tells without reaching out. Two stores in one
/// place take each other's blobs for their own: a copy from one to the other fails, and what is removed from
/// one is gone from both.
struct Place {
  std::string shown;                ///< for people: "the directory /srv/images"
  std::string_view option;          ///< that puts the store there
  std::vector<std::string> names;   ///< two places that share one are the same place
  std::vector<std::string> around;  ///< names of the places that this one lies inside of
};

/// Whether they are the same place, or one lies inside the other.
bool overlap(const Place& a, const Place& b);

}  // namespace vitrine::stores
