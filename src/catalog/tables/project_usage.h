#pragma once

#include <cstdint>

#include "catalog/catalog.h"
#include "catalog/sql/session.h"

/// What a project's images amount to, over the tables `images` and `image_locations`. In a transaction that
/// writes, the answer holds until its end: SQLite has one writer; an engine with several must lock here.
namespace vitrine::catalog::project_usage {

std::uint64_t count(sql::Session& session, const Count& wanted);

}  // namespace vitrine::catalog::project_usage
