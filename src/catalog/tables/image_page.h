#pragma once

#include <vector>

#include "catalog/sql/session.h"
#include "model/image.h"
#include "model/query.h"

namespace vitrine::catalog::images {

/// A page of live images, as rows of `images` alone. Pages follow each other by the sort keys of the marker's
/// row, not by counting rows, so they cost the same anywhere and no image is lost or shown twice when others
/// come and go. Throws Error{invalid} if the marker is no live image.
std::vector<model::Image> read_page(sql::Session& session, const model::ImageQuery& query);

}  // namespace vitrine::catalog::images
