#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "catalog/catalog.h"

namespace vitrine::catalog {

/// How far a table is.
struct CopyProgress {
  std::string_view table;
  std::int64_t rows;
  bool is_complete;
};

/// From where a catalog is copied, and to where. Their engines may differ.
struct CopyEnds {
  CatalogSettings source;
  CatalogSettings target;
};

/// Copies every row of Glance's tables as they were at one moment, deleted ones too, and returns how many
/// there were. Nothing may change the source meanwhile: at the end both are read again and compared. The
/// target must hold no rows; its schema is made if it is missing. Memory is bounded whatever their size.
/// After a failure the target holds no rows again. A process that dies leaves a target that no service opens;
/// the next copy into it begins anew, and ends one that still runs.
///
/// Throws Error{configuration} for a source that is not at the newest revision, Error{conflict} for a target
/// with rows, a row that it cannot hold, and a source that changed; Error{unavailable} for a lost server.
std::int64_t copy_catalog(const CopyEnds& ends, const std::function<void(const CopyProgress&)>& report);

}  // namespace vitrine::catalog
