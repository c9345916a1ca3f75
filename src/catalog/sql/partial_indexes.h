#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string_view>

namespace vitrine::catalog::sql {

/// Indexes on images for engines whose indexes can leave rows out. Soft-deleted rows are in none of them, so
/// lists cost the same however many there are. Each finds what its first column says in the order of
/// creation, or is in the order of that column.
inline constexpr std::string_view partial_image_indexes[] = {
    "CREATE INDEX IF NOT EXISTS vitrine_images_created_at ON images "
    "(created_at, id) WHERE NOT deleted AND NOT os_hidden",
    "CREATE INDEX IF NOT EXISTS vitrine_images_hidden_created_at ON images "
    "(created_at, id) WHERE NOT deleted AND os_hidden",
    "CREATE INDEX IF NOT EXISTS vitrine_images_visibility ON images "
    "(visibility, created_at, id) WHERE NOT deleted AND NOT os_hidden",
    "CREATE INDEX IF NOT EXISTS vitrine_images_owner ON images "
    "(owner, created_at, id) WHERE NOT deleted AND NOT os_hidden",
    "CREATE INDEX IF NOT EXISTS vitrine_images_name ON images "
    "(COALESCE(name, ''), created_at, id) WHERE NOT deleted AND NOT os_hidden",
    "CREATE INDEX IF NOT EXISTS vitrine_images_updated_at ON images "
    "(COALESCE(updated_at, created_at), created_at, id) WHERE NOT deleted AND NOT os_hidden",
    "CREATE INDEX IF NOT EXISTS vitrine_images_size ON images "
    "(COALESCE(size, 0), created_at, id) WHERE NOT deleted AND NOT os_hidden",
    "CREATE INDEX IF NOT EXISTS vitrine_images_disk_format ON images "
    "(COALESCE(disk_format, ''), created_at, id) WHERE NOT deleted AND NOT os_hidden",
    "CREATE INDEX IF NOT EXISTS vitrine_images_container_format ON images "
    "(COALESCE(container_format, ''), created_at, id) WHERE NOT deleted AND NOT os_hidden",
};

/// Those, and others of one engine.
template <std::size_t Count>
constexpr auto partial_image_indexes_and(const std::string_view (&others)[Count]) {
  std::array<std::string_view, std::size(partial_image_indexes) + Count> all{};
  const auto end = std::copy(std::begin(partial_image_indexes), std::end(partial_image_indexes), all.begin());
  std::copy(std::begin(others), std::end(others), end);
  return all;
}

}  // namespace vitrine::catalog::sql
