#include "catalog/tables/project_usage.h"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <map>
#include <string>
#include <string_view>

namespace vitrine::catalog::project_usage {
namespace {

using model::Quantity;
using sql::Type;

// Sizes are added up in MiB and the bytes beyond: no client's numbers overflow those.
constexpr unsigned mib_bits = 20;

constexpr std::string_view sum_of_sizes = "SUM(images.size >> 20), SUM(images.size & 1048575)";
constexpr std::string_view number_of_images = "0, COUNT(*)";

constexpr std::string_view is_importing =
    "images.status IN ('uploading', 'importing') OR EXISTS (SELECT 1 FROM image_properties "
    "WHERE image_properties.image_id = images.id AND image_properties.name = 'os_glance_importing_to_stores' "
    "AND image_properties.value <> '' AND NOT image_properties.deleted)";

/// What is added up, and over which of a project's live images.
struct Statements {
  Statements(std::string_view amount, std::string_view join, std::string_view condition)
      : of_project(text(amount, join, condition, "= :owner")),
        of_nobody(text(amount, join, condition, "IS NULL")) {}

  static std::string text(std::string_view amount, std::string_view join, std::string_view condition,
                          std::string_view owner) {
    return fmt::format(
        "SELECT {} FROM images {} WHERE NOT images.deleted "
        "AND images.status NOT IN ('killed', 'deleted', 'pending_delete') AND {} "
        "AND images.id <> :left_out AND images.owner {}",
        amount, join, condition, owner);
  }

  std::string of_project;
  std::string of_nobody;
};

const Statements& statements(Quantity quantity) {
  static const std::map<Quantity, Statements> table{
      {Quantity::stored_bytes,
       {sum_of_sizes, "JOIN image_locations ON image_locations.image_id = images.id",
        "images.size > 0 AND image_locations.status <> 'deleted'"}},
      {Quantity::staged_bytes, {sum_of_sizes, "", fmt::format("images.size > 0 AND ({})", is_importing)}},
      {Quantity::images, {number_of_images, "", "TRUE"}},
      {Quantity::images_under_way,
       {number_of_images, "", fmt::format("(images.status = 'saving' OR {})", is_importing)}},
  };
  return table.at(quantity);
}

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
  const Statements& statement = statements(wanted.quantity);
  sql::Rows rows = wanted.project
                       ? session.query(statement.of_project, columns, {wanted.left_out, *wanted.project})
                       : session.query(statement.of_nobody, columns, {wanted.left_out});
  if (!rows.next()) return 0;
  return joined(static_cast<std::uint64_t>(rows.integer(0)), static_cast<std::uint64_t>(rows.integer(1)));
}

}  // namespace vitrine::catalog::project_usage
