#pragma once

#include <vector>

#include "catalog/sql/session.h"
#include "catalog/tables/image_order.h"
#include "catalog/tables/statement_text.h"
#include "model/image.h"
#include "model/query.h"

namespace vitrine::catalog::images {

/// A page of live images, as rows of `images` alone. Throws Error{invalid} if the marker is no image,
/// Error{forbidden} if the viewer may not see it.
std::vector<model::Image> read_page(sql::Session& session, const model::ImageQuery& query);

/// The statement that read_page() reads a page with, in this order; tests look at its plan. The query must
/// be one that can find something.
StatementText page_statement(sql::Session& session, const model::ImageQuery& query, const ImageOrder& order);

}  // namespace vitrine::catalog::images
