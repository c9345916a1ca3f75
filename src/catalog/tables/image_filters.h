#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "catalog/sql/session.h"
#include "catalog/tables/statement_text.h"
#include "model/query.h"

/// What filters of a list mean in SQL. SQLite keeps no statistics here, so it takes any equality for the
/// narrowest way into a table. A condition that must not choose the index is therefore written as
/// `NOT column <> value`, which no index answers.
namespace vitrine::catalog::images {

/// The rows that a list is made of, before any filter.
std::string live_condition(const model::ImageQuery& query);

/// The same but for a few, such that an index alone can tell.
std::string_view shown_condition(const model::ImageQuery& query);

/// Whether the list is in the order that our indexes have.
bool is_by_creation(const model::ImageQuery& query);

/// Behind an equality of one of our indexes: " AND …", which is true of every image, or nothing. Where a list
/// is not in the order of creation, SQLite takes Glance's index on the same column unless ours promises more,
/// and reads the deleted images with it.
void add_preference_for_live(StatementText& statement, const model::ImageQuery& query);

/// "images WHERE ", told which of our indexes has the list in its order, if it is in the order of creation
/// and the engine has to be told. MariaDB takes any index with the same first columns, and reads an image's
/// predecessors.
std::string images_by(std::string_view index, sql::Session& session, const model::ImageQuery& query);

/// The same for a list of all images, in any order that an index has.
std::string all_images(sql::Session& session, const model::ImageQuery& query);

/// Writes the conditions for all filters, each as " AND …", such that none of them chooses the index.
void add_filters(StatementText& statement, const model::ImageQuery& query, const sql::Dialect& dialect);

/// Whether an index answers some filter.
bool has_indexed_filter(const model::ImageQuery& query, const sql::Dialect& dialect);

/// If one of the filters lets no more than so many images through, a query for the ids of those, as its
/// column image_id. There may be a few more, and one of them twice, so that the filter still has to be
/// applied. Asks an index for each filter until one is found to be narrow.
std::optional<StatementText> find_narrow_filter(sql::Session& session, const model::ImageQuery& query,
                                                std::int64_t most);

/// Whether an index answers a filter in the list's default order: a name or an owner.
bool has_leading_filter(const model::ImageQuery& query, const sql::Dialect& dialect);

/// Writes the table and the condition for such a filter: "images WHERE …". False, and nothing written, if
/// there is none.
bool add_leading_filter(StatementText& statement, const model::ImageQuery& query, sql::Session& session);

}  // namespace vitrine::catalog::images
