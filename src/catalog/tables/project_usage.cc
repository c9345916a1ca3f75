#include "catalog/tables/project_usage.h"

#include <array>
#include <limits>
#include <string>
#include <string_view>

namespace vitrine::catalog::project_usage {
namespace {

using sql::Type;

// Sizes are added up in MiB and the bytes beyond: no client's numbers overflow those.
constexpr unsigned mib_bits = 20;

constexpr std::string_view stored_bytes =
    "SELECT SUM(images.size >> 20), SUM(images.size & 1048575) FROM images "
    "JOIN image_locations ON image_locations.image_id = images.id "
    "WHERE NOT images.deleted AND images.size > 0 "
    "AND images.status NOT IN ('killed', 'deleted', 'pending_delete') "
    "AND image_locations.status <> 'deleted' AND images.id <> :left_out AND images.owner ";

std::uint64_t joined(std::uint64_t mib, std::uint64_t bytes) {
  mib += bytes >> mib_bits;
  if (mib > std::numeric_limits<std::uint64_t>::max() >> mib_bits) {
    return std::numeric_limits<std::uint64_t>::max();
  }
  return mib << mib_bits | (bytes & ((1u << mib_bits) - 1));
}

}  // namespace

std::uint64_t count(sql::Session& session, const Count& wanted) {
  static constexpr std::array columns{Type::integer, Type::integer};
  static const std::string of_project = std::string(stored_bytes) + "= :owner";
  static const std::string of_nobody = std::string(stored_bytes) + "IS NULL";
  sql::Rows rows = wanted.project ? session.query(of_project, columns, {wanted.left_out, *wanted.project})
                                  : session.query(of_nobody, columns, {wanted.left_out});
  if (!rows.next()) return 0;
  return joined(static_cast<std::uint64_t>(rows.integer(0)), static_cast<std::uint64_t>(rows.integer(1)));
}

}  // namespace vitrine::catalog::project_usage
