#include "catalog/tables/children.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_map>

namespace vitrine::catalog {
namespace {

/// How many ids a statement may ask for: few sizes, so that few statements are prepared; unused places repeat
/// an id.
constexpr std::size_t list_sizes[] = {1, 8, 32, 128, 1024};
constexpr std::size_t longest_list = list_sizes[std::size(list_sizes) - 1];

std::size_t list_size_for(std::size_t count) {
  return *std::lower_bound(std::begin(list_sizes), std::end(list_sizes), count);
}

std::string statement_for(const ChildQuery& query, std::size_t ids) {
  std::string text = fmt::format("{} WHERE {} AND image_id IN (:id0", query.select, query.condition);
  for (std::size_t i = 1; i < ids; ++i) text += fmt::format(", :id{}", i);
  return text + ") ORDER BY image_id, id";
}

void read_children(sql::Session& session, const ChildQuery& query, std::span<model::Image> images,
                   const std::function<void(model::Image&, const sql::Rows&)>& take) {
  std::vector<sql::Value> ids;
  std::unordered_map<std::string_view, model::Image*> by_id;
  for (model::Image& image : images) {
    ids.emplace_back(image.id);
    by_id.emplace(image.id, &image);
  }
  ids.resize(list_size_for(images.size()), ids.back());
  sql::Rows rows = session.query(statement_for(query, ids.size()), query.columns, ids);
  while (rows.next()) take(*by_id.at(rows.text(0)), rows);
}

}  // namespace

void for_each_child(sql::Session& session, const ChildQuery& query, std::span<model::Image> images,
                    const std::function<void(model::Image&, const sql::Rows&)>& take) {
  while (!images.empty()) {
    const std::size_t count = std::min(images.size(), longest_list);
    read_children(session, query, images.first(count), take);
    images = images.subspan(count);
  }
}

}  // namespace vitrine::catalog
