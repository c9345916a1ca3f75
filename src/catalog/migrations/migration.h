#pragma once

#include <span>
#include <string>
#include <string_view>

#include "catalog/sql/dialect.h"

namespace vitrine::catalog {

/// A step of the schema; words in braces stand for those of the engine's sql::SchemaWords. Names, types and
/// the order of columns are Glance's, exactly: other programs share the database. Never edited after a
/// release.
using Migration = std::span<const std::string_view>;

/// 0001: everything up to the revision wallaby_contract01, for an empty database.
extern const Migration wallaby_tables;
/// 0002: what the revision 2024_1_contract01 has more. May find its tables there, from a rolling upgrade.
extern const Migration cache_tables;

/// A statement of a migration as the engine wants it.
std::string statement_for(const sql::SchemaWords& words, std::string_view statement);

}  // namespace vitrine::catalog
