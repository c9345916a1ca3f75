#pragma once

#include <optional>
#include <string>
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

/// How the images of a page are looked for. Without both: in the list's order, until the page is full.
struct Way {
  std::optional<StatementText> ids = {};    ///< among these alone, as the column image_id; all are sorted
  std::optional<std::string> horizon = {};  ///< in the list's order, until this moment of creation
};

/// The way that is tried first.
Way first_way(sql::Session& session, const model::ImageQuery& query, const ImageOrder& order);

/// The statement that reads a page in this order. The query must be one that can find something.
StatementText page_statement(sql::Session& session, const model::ImageQuery& query, const ImageOrder& order,
                             const Way& way);

}  // namespace vitrine::catalog::images
