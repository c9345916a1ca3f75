#include "catalog/tables/image_members.h"

#include <string>

namespace vitrine::catalog::image_members {

void soft_delete_all(sql::Session& session, std::string_view image_id, Timestamp now) {
  const std::string time = to_sql_time(now);
  session.execute(
      "UPDATE image_members SET deleted = TRUE, deleted_at = :now, updated_at = :again "
      "WHERE image_id = :image_id AND NOT deleted",
      {time, time, image_id});
}

}  // namespace vitrine::catalog::image_members
