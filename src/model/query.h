#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/image.h"

namespace vitrine::model {

enum class SortKey { name, status, container_format, disk_format, size, id, created_at, updated_at };
enum class SortOrder { ascending, descending };

struct Sort {
  SortKey key;
  SortOrder order;
};

/// What a list of images is asked for, already checked. Deleted images never match.
struct ImageQuery {
  std::uint64_t limit = 25;
  std::optional<std::string> marker;  ///< id of the image after which the page starts
  std::vector<Sort> sort = {
      {SortKey::created_at, SortOrder::descending}};  ///< id is appended as a tie-breaker
  std::optional<bool> is_hidden = false;              ///< empty: both
  std::optional<std::string> name;                    ///< equals
};

}  // namespace vitrine::model
