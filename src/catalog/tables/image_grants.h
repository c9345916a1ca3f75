#pragma once

#include <vector>

#include "catalog/sql/session.h"
#include "catalog/tables/statement_text.h"
#include "model/query.h"

namespace vitrine::catalog::images {

/// A reason why a viewer finds images in a list. The reasons of one query are disjoint: no image is found for
/// two of them.
struct Grant {
  enum class Kind {
    administration,  ///< any image, but for others' community images unless they are asked for
    visibility,      ///< images with a visibility that the viewer finds whoever owns them
    ownership,       ///< images of the viewer's project
    membership,      ///< images that are shared with the viewer's project
  };

  Kind kind;
  std::vector<model::Visibility> visibilities =
      {};  ///< that count: one for `visibility`, some for `ownership`
};

/// Empty if the viewer can find nothing.
std::vector<Grant> grants_of(const model::ImageQuery& query);

/// Writes the tables to read and how the rows are found by an index of their own: "images WHERE …". But for
/// memberships, of which there are few, the index has the list's default order, too.
void add_source(StatementText& statement, const Grant& grant, const model::ImageQuery& query,
                sql::Session& session);

/// Writes the condition that an image is found for one of the reasons, such that it chooses no index.
void add_condition(StatementText& statement, const std::vector<Grant>& grants,
                   const model::ImageQuery& query);

}  // namespace vitrine::catalog::images
