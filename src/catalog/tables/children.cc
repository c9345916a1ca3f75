#include "catalog/tables/children.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
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

/// ":id0, :id1, …" for each of list_sizes.
const std::string& places_for(std::size_t ids) {
  static const std::map<std::size_t, std::string> places = [] {
    std::map<std::size_t, std::string> all;
    for (const std::size_t size : list_sizes) {
      std::string& text = all[size] = ":id0";
      for (std::size_t i = 1; i < size; ++i) text += fmt::format(", :id{}", i);
    }
    return all;
  }();
  return places.at(ids);
}

std::string statement_for(const ChildQuery& query, std::size_t ids) {
  return fmt::format("{} WHERE {} AND image_id IN ({}) ORDER BY image_id, id", query.select, query.condition,
                     places_for(ids));
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
  while (rows.next()) {
    // Other writers may have written the id otherwise, where MariaDB ignores case.
    const auto found = by_id.find(rows.text(0));
    if (found != by_id.end()) take(*found->second, rows);
  }
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
