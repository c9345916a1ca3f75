#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "catalog/sql/session.h"
#include "model/image.h"

namespace vitrine::catalog {

/// A query for rows that belong to images: `select` lists the columns, image_id first, and the table;
/// `condition` says which rows count.
struct ChildQuery {
  std::string_view select;
  std::string_view condition;
  std::span<const sql::Type> columns;
};

/// Calls `take` for each row of each of the images, in the order of the rows' ids: one statement for a whole
/// page.
void for_each_child(sql::Session& session, const ChildQuery& query, std::span<model::Image> images,
                    const std::function<void(model::Image&, const sql::Rows&)>& take);

}  // namespace vitrine::catalog
