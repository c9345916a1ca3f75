#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "catalog/sql/session.h"
#include "model/image.h"

/// Table `images`. An image here is its own row: what belongs to it lies in the other tables.
namespace vitrine::catalog::images {

/// The columns that read() expects, for a SELECT.
const std::string& column_list();
std::span<const sql::Type> column_types();

/// The image in the current row. Throws Error{internal} if the row holds what no version of the schema
/// allows.
model::Image read(const sql::Rows& row);

/// What an image is read for: to change it, whoever does the same waits until this transaction ends.
enum class Purpose { show, change };

/// Deleted ones too.
std::optional<model::Image> find(sql::Session& session, std::string_view image_id,
                                 Purpose purpose = Purpose::show);

/// Throws Error{duplicate} if the id was ever used, Error{invalid} for a value that cannot be stored.
void insert(sql::Session& session, const model::Image& image, Timestamp now);

/// Whether update() would write anything besides the time.
bool differ(const model::Image& before, const model::Image& after);

/// Writes the columns that differ and the time. Throws Error{conflict} unless the live row has the status
/// that `before` has, Error{invalid} for a value that cannot be stored.
void update(sql::Session& session, const model::Image& before, const model::Image& after, Timestamp now);

void soft_delete(sql::Session& session, std::string_view image_id, Timestamp now);

}  // namespace vitrine::catalog::images
