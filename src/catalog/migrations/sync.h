#pragma once

#include <functional>

#include "catalog/catalog.h"
#include "catalog/sql/session.h"

namespace vitrine::catalog {

/// Settings for work that takes its time on large tables.
sql::Settings patient(sql::Settings settings);

/// Runs a change of the schema while no other program makes one. Everybody's own indexes come with it.
void change_schema(const CatalogSettings& settings, const std::function<void(sql::Session&)>& change);

/// What sync_schema() does, within change_schema().
SyncResult bring_to_head(sql::Session& session);

}  // namespace vitrine::catalog
