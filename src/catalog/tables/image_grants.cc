#include "catalog/tables/image_grants.h"

#include <algorithm>
#include <string_view>

#include "catalog/tables/image_filters.h"

namespace vitrine::catalog::images {
namespace {

using model::Visibility;
using Kind = Grant::Kind;

std::vector<Visibility> asked_visibilities(const model::ImageQuery& query) {
  if (query.visibility) return {*query.visibility};
  return {Visibility::is_private, Visibility::is_public, Visibility::is_shared, Visibility::is_community};
}

/// Whether images of this visibility are in everybody's list.
bool is_open(Visibility visibility, const model::ImageQuery& query) {
  return visibility == Visibility::is_public ||
         (visibility == Visibility::is_community && (query.visibility || query.with_community));
}

std::vector<Grant> grants_of_administrator(const model::ImageQuery& query) {
  if (query.visibility) return {{Kind::visibility, {*query.visibility}}};
  return {{Kind::administration}};
}

/// "('private', 'shared')"
void add_list(StatementText& statement, const std::vector<Visibility>& visibilities) {
  std::string_view separator = "('";
  for (const Visibility visibility : visibilities) {
    statement << separator << to_string(visibility);
    separator = "', '";
  }
  statement << "')";
}

void add_administration(StatementText& statement, const model::ImageQuery& query) {
  if (query.with_community) {
    statement << "TRUE";
  } else if (query.viewer.project_id) {
    statement << "(visibility <> 'community' OR owner = ";
    statement.bind(*query.viewer.project_id) << ")";
  } else {
    statement << "visibility <> 'community'";
  }
}

/// The rows of image_members that count.
void add_memberships(StatementText& statement, const model::ImageQuery& query) {
  statement << "member = ";
  statement.bind(*query.viewer.project_id);
  if (query.member_status) {
    statement << " AND image_members.status = ";
    statement.bind(std::string(to_string(*query.member_status)));
  }
  statement << " AND NOT deleted";
}

/// Images of the viewer's own are found for that reason.
void add_shared_by_others(StatementText& statement, const model::ImageQuery& query) {
  statement << "NOT visibility <> 'shared' AND COALESCE(owner, '') <> ";
  statement.bind(*query.viewer.project_id);
}

void add_condition(StatementText& statement, const Grant& grant, const model::ImageQuery& query) {
  switch (grant.kind) {
    case Kind::administration:
      add_administration(statement, query);
      break;
    case Kind::visibility:
      add_list(statement << "NOT visibility NOT IN ", grant.visibilities);
      break;
    case Kind::ownership:
      add_list(statement << "NOT visibility NOT IN ", grant.visibilities);
      statement << " AND NOT owner <> ";
      statement.bind(*query.viewer.project_id);
      break;
    case Kind::membership:
      add_shared_by_others(statement, query);
      statement << " AND EXISTS (SELECT 1 FROM image_members WHERE image_id = images.id AND ";
      add_memberships(statement, query);
      statement << ")";
      break;
  }
}

}  // namespace

std::vector<Grant> grants_of(const model::ImageQuery& query) {
  if (query.viewer.is_admin) return grants_of_administrator(query);
  std::vector<Grant> grants;
  std::vector<Visibility> own;
  bool has_shared = false;
  for (const Visibility visibility : asked_visibilities(query)) {
    if (is_open(visibility, query)) {
      grants.push_back({Kind::visibility, {visibility}});
    } else {
      own.push_back(visibility);
      has_shared = has_shared || visibility == Visibility::is_shared;
    }
  }
  if (!query.viewer.project_id) return grants;
  if (!own.empty()) grants.push_back({Kind::ownership, own});
  if (has_shared) grants.push_back({Kind::membership});
  return grants;
}

void add_source(StatementText& statement, const Grant& grant, const model::ImageQuery& query,
                sql::Session& session) {
  switch (grant.kind) {
    case Kind::administration:
      statement << all_images(session, query);
      add_administration(statement, query);
      break;
    case Kind::visibility:
      statement << images_by("vitrine_images_visibility", session, query) << "visibility = '"
                << to_string(grant.visibilities.front()) << "'";
      add_preference_for_live(statement, query);
      break;
    case Kind::ownership:
      statement << images_by("vitrine_images_owner", session, query);
      add_list(statement << "NOT visibility NOT IN ", grant.visibilities);
      statement << " AND owner = ";
      statement.bind(*query.viewer.project_id);
      add_preference_for_live(statement, query);
      break;
    case Kind::membership:
      statement << "(SELECT DISTINCT image_id FROM image_members WHERE ";
      add_memberships(statement, query);
      statement << ") AS chosen CROSS JOIN images WHERE id = chosen.image_id AND ";
      add_shared_by_others(statement, query);
      break;
  }
}

void add_condition(StatementText& statement, const std::vector<Grant>& grants,
                   const model::ImageQuery& query) {
  std::string_view separator = "(";
  for (const Grant& grant : grants) {
    add_condition(statement << separator, grant, query);
    separator = " OR ";
  }
  statement << ")";
}

}  // namespace vitrine::catalog::images
