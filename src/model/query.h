#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/caller.h"
#include "model/image.h"
#include "model/member.h"

namespace vitrine::model {

enum class SortKey { name, status, container_format, disk_format, size, id, created_at, updated_at };
enum class SortOrder { ascending, descending };

struct Sort {
  SortKey key;
  SortOrder order;
};

enum class Comparison { equal, not_equal, less, at_most, greater, at_least };

enum class TextColumn {
  name,
  id,
  status,
  container_format,
  disk_format,
  owner,
  checksum,
  os_hash_algo,
  os_hash_value,
};
enum class NumberColumn { size, virtual_size, min_disk, min_ram };
enum class TimeColumn { created_at, updated_at };

/// Images that have one of these texts.
struct TextFilter {
  TextColumn column;
  std::vector<std::string> any_of;
};

struct NumberFilter {
  NumberColumn column;
  Comparison comparison;
  std::int64_t value;
};

struct TimeFilter {
  TimeColumn column;
  Comparison comparison;
  Timestamp value;
};

struct PropertyFilter {
  std::string name;
  std::string value;
};

/// How much one list may ask for at once; whoever makes a query sees to it.
inline constexpr std::size_t most_alternatives = 1024;  ///< texts of one filter
inline constexpr std::size_t most_filters = 64;         ///< tags and properties together

/// What a list of images is asked for, already checked. An image must pass every filter, and the viewer must
/// be meant to find it in lists: that is less than what the viewer may see by id. Deleted and killed images
/// never match. No viewer sees public images alone.
struct ImageQuery {
  std::uint64_t limit = 25;
  std::optional<std::string> marker;  ///< id of the image after which the page starts
  /// created_at and id break ties: in the direction of the only key, else descending.
  std::vector<Sort> sort = {{SortKey::created_at, SortOrder::descending}};

  Caller viewer;
  std::optional<Visibility> visibility;  ///< empty: any
  bool with_community = false;           ///< where any visibility matches, others' community images do, too
  /// Which of the images that are shared with the viewer are found: by what the viewer's project says to
  /// them; empty: all.
  std::optional<MemberStatus> member_status = MemberStatus::accepted;
  bool is_hidden = false;

  std::optional<bool> is_protected;  ///< empty: both
  std::vector<TextFilter> texts;     ///< each column once
  std::vector<NumberFilter> numbers;
  std::vector<TimeFilter> times;
  std::vector<std::string> tags;
  std::vector<PropertyFilter> properties;
  bool matches_nothing = false;  ///< a filter asks for what no image can have
};

}  // namespace vitrine::model
