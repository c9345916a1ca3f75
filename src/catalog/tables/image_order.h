#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/sql/session.h"
#include "catalog/tables/statement_text.h"
#include "model/query.h"

namespace vitrine::catalog::images {

/// How a list is sorted, and where in it a page starts. Pages follow each other by the sort keys of a marker,
/// not by counting rows, so they cost the same anywhere and no image is lost or shown twice when others come
/// and go. NULL sorts as the empty text or 0, and as it compares with a marker; but where indexes are simple
/// it comes before them, as it does in those.
class ImageOrder {
 public:
  /// Adds the tie-breakers. As in Glance these follow the direction when there is one key, else they descend.
  ImageOrder(const std::vector<model::Sort>& sort, const sql::Dialect& dialect);

  /// Pages start after this image. Throws Error{invalid} if there is none, Error{forbidden} if the viewer may
  /// not see it. An administrator's marker may be deleted: who deletes images page by page finds the next.
  void start_after(sql::Session& session, std::string_view image_id, const model::Caller& viewer);

  /// "created_at AS key0, id AS key1": the columns that order_by() means.
  std::string key_columns() const;
  std::vector<sql::Type> key_types() const;
  /// "ORDER BY key0 DESC, key1 DESC"
  std::string order_by() const;
  /// The condition for what comes after the marker, " AND …", or nothing.
  void add_start(StatementText& statement) const;
  /// The condition for what was created on this side of a moment, as the database writes it, that one
  /// included. Only for a list by creation.
  void add_horizon(StatementText& statement, const std::string& moment) const;

 private:
  struct Key;
  /// A step of the order: ascending or descending by a key.
  struct Step {
    const Key* key;
    bool is_ascending;
    bool is_bare = false;  ///< the column is read as it is, and may be NULL
    bool is_null = false;  ///< of the marker, as what follows
    std::string text = {};
    std::int64_t integer = 0;

    std::string_view expression() const;
  };

  void append(model::Sort sort);
  model::Image read_marker(sql::Session& session, std::string_view image_id, const model::Caller& viewer);
  bool has_one_direction() const;
  static void add_value(StatementText& statement, const Step& step);
  static void add_equality(StatementText& statement, const Step& step);
  static void add_beyond(StatementText& statement, const Step& step, std::string_view or_equal);
  void add_row_start(StatementText& statement) const;
  void add_mixed_start(StatementText& statement) const;

  static const Key keys[];
  bool has_simple_indexes_;
  std::vector<Step> steps_;
  bool has_marker_ = false;
};

}  // namespace vitrine::catalog::images
