#pragma once

#include <span>
#include <string_view>

namespace vitrine::catalog {

/// A step of the schema, in SQLite's dialect. Names, types and the order of columns are Glance's, exactly:
/// other programs share the database. Never edited after a release.
using Migration = std::span<const std::string_view>;

/// 0001: everything up to the revision wallaby_contract01, for an empty database.
extern const Migration wallaby_tables;
/// 0002: what the revision 2024_1_contract01 has more. May find its tables there, from a rolling upgrade.
extern const Migration cache_tables;

/// Indexes of our own, which Glance does not know: for speed only, may be dropped at any time.
extern const Migration own_indexes;

}  // namespace vitrine::catalog
