#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/schema.h"
#include "catalog/sql/session.h"

/// The revision ids that Glance's schema goes through, as table `alembic_version` keeps them: one row for a
/// database at rest; a second one, of the next release's expand revision, in the middle of a rolling upgrade.
namespace vitrine::catalog {

/// The rows of alembic_version, sorted; empty if there is no such table.
std::vector<std::string> read_revisions(sql::Session& session);

/// Whether a schema with these revisions has everything that the catalog's statements name.
bool is_served(const std::vector<std::string>& revisions);

/// How the revision begins of a database that a copy has not filled yet: see copying/target.h.
inline constexpr std::string_view unfinished_copy = "vitrine_copy_";
bool is_unfinished_copy(const std::vector<std::string>& revisions);

/// Throws Error{configuration} for a revision that this program cannot bring to the head.
void require_known(const std::vector<std::string>& revisions);

/// Throws Error{configuration} unless is_served(), and says what to do.
void require_served(const std::vector<std::string>& revisions);

}  // namespace vitrine::catalog
