#include "catalog/sql/engine.h"

#include <fmt/format.h>

namespace vitrine::catalog::sql {

Error database_error(ErrorCode code, std::string_view what) {
  return Error(code, fmt::format("The database {}.{}", what,
                                 code == ErrorCode::unavailable ? " Try again later." : ""));
}

}  // namespace vitrine::catalog::sql
