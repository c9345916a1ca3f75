#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/catalog.h"

/// What commands do to the database as a whole. All wait for each other, and throw Error{configuration} for a
/// revision that this program does not know (a newer Glance), Error{unavailable} if the server cannot be
/// reached.
namespace vitrine::catalog {

/// What `db sync` brings a database to, and what `db expand` does.
inline constexpr std::string_view newest_revision = "2024_1_contract01";
inline constexpr std::string_view newest_expanded_revision = "2024_1_expand01";

/// The step that brings the schema nearer to the head revision.
enum class NextStep { none, expand, contract };

/// For an empty database, `expand`.
NextStep next_step(const CatalogSettings& settings);

/// Adds what the head revision has more, which older services do not mind. Returns whether there was
/// anything to do.
bool expand_schema(const CatalogSettings& settings);

/// Takes away what the head revision has no more; older services must be gone. Returns whether there was
/// anything to do. Throws Error{conflict} for a schema that was not expanded.
bool contract_schema(const CatalogSettings& settings);

/// What a purge is to remove for good: what was soft-deleted before a point in time, the oldest first.
struct Purge {
  Timestamp before;
  std::int64_t most_rows;  ///< of each table; negative: all
};

/// Tables and how many of their rows went.
using Purged = std::vector<std::pair<std::string, std::int64_t>>;

/// Removes what belonged to images, and tasks, but no images.
Purged purge_deleted(const CatalogSettings& settings, const Purge& purge);

/// Removes images. Throws Error{conflict}, and removes nothing more, if something still belongs to one.
Purged purge_deleted_images(const CatalogSettings& settings, const Purge& purge);

}  // namespace vitrine::catalog
