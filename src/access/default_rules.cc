#include "access/default_rules.h"

#include <algorithm>

namespace vitrine::access {
namespace {

constexpr std::string_view admins = "rule:context_is_admin";
constexpr std::string_view owners = "rule:context_is_admin or (role:member and project_id:%(project_id)s)";
constexpr std::string_view owning_readers =
    "rule:context_is_admin or (role:reader and project_id:%(project_id)s)";
constexpr std::string_view sharing_readers =
    "rule:context_is_admin or role:reader and (project_id:%(project_id)s or project_id:%(member_id)s)";
constexpr std::string_view downloaders =
    "rule:context_is_admin or (role:member and (project_id:%(project_id)s or project_id:%(member_id)s or "
    "'community':%(visibility)s or 'public':%(visibility)s or 'shared':%(visibility)s))";
constexpr std::string_view metadef_readers =
    "rule:context_is_admin or (role:reader and (project_id:%(project_id)s or 'public':%(visibility)s))";
constexpr std::string_view metadef_admins = "rule:metadef_admin";
constexpr std::string_view everybody_of_old = "rule:default";
constexpr std::string_view metadef_of_old = "rule:metadef_default";

constexpr DefaultRule table[] = {
    {"default", "", RuleScope::any, "", "Stands for a rule that does not exist. Allows everybody.", admins},
    {"context_is_admin", "role:admin", RuleScope::any, "",
     "Who is an administrator: decided once for every request."},
    {"service_api", "role:service or role:admin", RuleScope::any, "",
     "Other services of the cloud. The roles of a service token do not count."},
    {"add_image",
     "rule:context_is_admin or (role:member and project_id:%(project_id)s and project_id:%(owner)s)",
     RuleScope::project, "POST /v2/images",
     "Create an image. The target is the image as it was asked for; without a visibility it counts as "
     "private.",
     everybody_of_old},
    {"delete_image", owners, RuleScope::project, "DELETE /v2/images/{image_id}", "Delete an image.",
     everybody_of_old},
    {"get_image",
     "rule:context_is_admin or (role:reader and (project_id:%(project_id)s or project_id:%(member_id)s or "
     "'community':%(visibility)s or 'public':%(visibility)s or 'shared':%(visibility)s))",
     RuleScope::project, "GET /v2/images/{image_id};GET /v2/images",
     "See an image. Decides about every line of a list, too. Denied: as if there were no such image.",
     everybody_of_old},
    {"get_images", owning_readers, RuleScope::project, "GET /v2/images",
     "List images at all. The target is the caller's project.", everybody_of_old},
    {"modify_image", owners, RuleScope::project,
     "PATCH /v2/images/{image_id};PUT /v2/images/{image_id}/tags/{tag};DELETE "
     "/v2/images/{image_id}/tags/{tag};PUT /v2/images/{image_id}/stage;POST /v2/images/{image_id}/import",
     "Change the record or the tags of an image, stage data, import it (except copy-image).",
     everybody_of_old},
    {"publicize_image", admins, RuleScope::project, "POST /v2/images;PATCH /v2/images/{image_id}",
     "Make an image public, when it is created or later."},
    {"communitize_image", owners, RuleScope::project, "POST /v2/images;PATCH /v2/images/{image_id}",
     "Make an image a community image, when it is created or later.", everybody_of_old},
    {"download_image", downloaders, RuleScope::project, "GET /v2/images/{image_id}/file",
     "Read the data of an image.", everybody_of_old},
    {"download_from_store", downloaders, RuleScope::project, "GET /v2/images/{image_id}/file",
     "Choose with ?prefer= which store the data of an image is read from."},
    {"upload_image", owners, RuleScope::project, "PUT /v2/images/{image_id}/file",
     "Write the data of an image.", everybody_of_old},
    {"delete_image_location", admins, RuleScope::project,
     "PATCH /v2/images/{image_id};DELETE /v2/stores/{store_id}/{image_id}",
     "Remove a location of an image, or its data from one store.", everybody_of_old},
    {"get_image_location", owning_readers, RuleScope::project, "DELETE /v2/stores/{store_id}/{image_id}",
     "Asked before data is removed from one store. Does not hide locations in an image's document.",
     everybody_of_old},
    {"set_image_location", owners, RuleScope::project, "PATCH /v2/images/{image_id}",
     "Add or replace locations of an image.", everybody_of_old},
    {"add_image_location",
     "rule:service_api or (role:member and project_id:%(project_id)s and project_id:%(owner)s)",
     RuleScope::project, "POST /v2/images/{image_id}/locations",
     "Give an image a location through the API for services."},
    {"fetch_image_location", "rule:service_api", RuleScope::project, "GET /v2/images/{image_id}/locations",
     "Read the locations of an image through the API for services."},
    {"add_member", owners, RuleScope::project, "POST /v2/images/{image_id}/members",
     "Share an image with a project.", everybody_of_old},
    {"delete_member", owners, RuleScope::project, "DELETE /v2/images/{image_id}/members/{member_id}",
     "Take a share back.", everybody_of_old},
    {"get_member", sharing_readers, RuleScope::project,
     "GET /v2/images/{image_id}/members/{member_id};GET /v2/images/{image_id}/members",
     "See a share. Decides about every line of a list, too.", everybody_of_old},
    {"get_members", sharing_readers, RuleScope::project, "GET /v2/images/{image_id}/members",
     "List with whom an image is shared.", everybody_of_old},
    {"modify_member", "rule:context_is_admin or (role:member and project_id:%(member_id)s)",
     RuleScope::project, "PUT /v2/images/{image_id}/members/{member_id}",
     "Accept or reject an image that is shared with one.", everybody_of_old},
    {"manage_image_cache", admins, RuleScope::project,
     "GET /v2/cached_images;DELETE /v2/cached_images;DELETE /v2/cached_images/{image_id};GET "
     "/v2/queued_images;DELETE /v2/queued_images;PUT /v2/queued_images/{image_id};DELETE "
     "/v2/queued_images/{image_id}",
     "Manage the cache through its first API."},
    {"deactivate", owners, RuleScope::project, "POST /v2/images/{image_id}/actions/deactivate",
     "Deactivate an image.", everybody_of_old},
    {"reactivate", owners, RuleScope::project, "POST /v2/images/{image_id}/actions/reactivate",
     "Reactivate an image.", everybody_of_old},
    {"copy_image", admins, RuleScope::project, "POST /v2/images/{image_id}/import",
     "Copy the data of an image to more stores."},
    {"list_cached_nodes", admins, RuleScope::project, "GET /v2/cache/nodes/{image_id}",
     "See which nodes have an image in their cache."},
    {"get_task", everybody_of_old, RuleScope::project, "GET /v2/tasks/{task_id}",
     "Never asked: tasks_api_access decides.", everybody_of_old},
    {"get_tasks", everybody_of_old, RuleScope::project, "GET /v2/tasks",
     "Never asked: tasks_api_access decides.", everybody_of_old},
    {"add_task", everybody_of_old, RuleScope::project, "POST /v2/tasks",
     "Never asked: tasks_api_access decides.", everybody_of_old},
    {"modify_task", everybody_of_old, RuleScope::project, "DELETE /v2/tasks/{task_id}",
     "Never asked: tasks_api_access decides."},
    {"tasks_api_access", admins, RuleScope::project,
     "GET /v2/tasks/{task_id};GET /v2/tasks;POST /v2/tasks;DELETE /v2/tasks/{task_id}", "Use the tasks API."},
    {"metadef_default", "", RuleScope::any, "",
     "What the rules for reading metadata definitions referred to before there were roles for it."},
    {"metadef_admin", admins, RuleScope::any, "",
     "What the rules for changing metadata definitions refer to."},
    {"get_metadef_namespace", metadef_readers, RuleScope::project,
     "GET /v2/metadefs/namespaces/{namespace_name}", "See a namespace.", metadef_of_old},
    {"get_metadef_namespaces", owning_readers, RuleScope::project, "GET /v2/metadefs/namespaces",
     "See namespaces.", metadef_of_old},
    {"modify_metadef_namespace", metadef_admins, RuleScope::project,
     "PUT /v2/metadefs/namespaces/{namespace_name}", "Change a namespace."},
    {"add_metadef_namespace", metadef_admins, RuleScope::project, "POST /v2/metadefs/namespaces",
     "Create a namespace. What comes in it is decided by the rules for adding it."},
    {"delete_metadef_namespace", metadef_admins, RuleScope::project,
     "DELETE /v2/metadefs/namespaces/{namespace_name}",
     "Delete a namespace, or all objects, properties or tags in it."},
    {"get_metadef_object", metadef_readers, RuleScope::project,
     "GET /v2/metadefs/namespaces/{namespace_name}/objects/{object_name}", "See an object of a namespace.",
     metadef_of_old},
    {"get_metadef_objects", metadef_readers, RuleScope::project,
     "GET /v2/metadefs/namespaces/{namespace_name}/objects", "See objects of a namespace.", metadef_of_old},
    {"modify_metadef_object", metadef_admins, RuleScope::project,
     "PUT /v2/metadefs/namespaces/{namespace_name}/objects/{object_name}",
     "Change an object of a namespace."},
    {"add_metadef_object", metadef_admins, RuleScope::project,
     "POST /v2/metadefs/namespaces/{namespace_name}/objects", "Create an object of a namespace."},
    {"delete_metadef_object", metadef_admins, RuleScope::project,
     "DELETE /v2/metadefs/namespaces/{namespace_name}/objects/{object_name}",
     "Delete an object of a namespace."},
    {"list_metadef_resource_types", metadef_readers, RuleScope::project,
     "GET /v2/metadefs/resource_types;GET /v2/metadefs/namespaces/{namespace_name}/resource_types;GET "
     "/v2/metadefs/namespaces;GET /v2/metadefs/namespaces/{namespace_name}",
     "List resource types.", metadef_of_old},
    {"get_metadef_resource_type", metadef_readers, RuleScope::project,
     "GET /v2/metadefs/namespaces/{namespace_name}/resource_types",
     "See the resource types that a namespace is for.", metadef_of_old},
    {"add_metadef_resource_type_association", metadef_admins, RuleScope::project,
     "POST /v2/metadefs/namespaces/{namespace_name}/resource_types",
     "Create an association of a namespace with a resource type."},
    {"remove_metadef_resource_type_association", metadef_admins, RuleScope::project,
     "DELETE /v2/metadefs/namespaces/{namespace_name}/resource_types/{name}",
     "Delete an association of a namespace with a resource type."},
    {"get_metadef_property", metadef_readers, RuleScope::project,
     "GET /v2/metadefs/namespaces/{namespace_name}/properties/{property_name}",
     "See a property of a namespace.", metadef_of_old},
    {"get_metadef_properties", metadef_readers, RuleScope::project,
     "GET /v2/metadefs/namespaces/{namespace_name}/properties", "See properties of a namespace.",
     metadef_of_old},
    {"modify_metadef_property", metadef_admins, RuleScope::project,
     "PUT /v2/metadefs/namespaces/{namespace_name}/properties/{property_name}",
     "Change a property of a namespace."},
    {"add_metadef_property", metadef_admins, RuleScope::project,
     "POST /v2/metadefs/namespaces/{namespace_name}/properties", "Create a property of a namespace."},
    {"remove_metadef_property", metadef_admins, RuleScope::project,
     "DELETE /v2/metadefs/namespaces/{namespace_name}/properties/{property_name}",
     "Delete a property of a namespace."},
    {"get_metadef_tag", metadef_readers, RuleScope::project,
     "GET /v2/metadefs/namespaces/{namespace_name}/tags/{tag_name}", "See a tag of a namespace.",
     metadef_of_old},
    {"get_metadef_tags", metadef_readers, RuleScope::project,
     "GET /v2/metadefs/namespaces/{namespace_name}/tags", "See tags of a namespace.", metadef_of_old},
    {"modify_metadef_tag", metadef_admins, RuleScope::project,
     "PUT /v2/metadefs/namespaces/{namespace_name}/tags/{tag_name}", "Change a tag of a namespace."},
    {"add_metadef_tag", metadef_admins, RuleScope::project,
     "POST /v2/metadefs/namespaces/{namespace_name}/tags/{tag_name}", "Create a tag of a namespace."},
    {"add_metadef_tags", metadef_admins, RuleScope::project,
     "POST /v2/metadefs/namespaces/{namespace_name}/tags", "Create tags of a namespace."},
    {"delete_metadef_tag", metadef_admins, RuleScope::project,
     "DELETE /v2/metadefs/namespaces/{namespace_name}/tags/{tag_name}", "Delete a tag of a namespace."},
    {"delete_metadef_tags", metadef_admins, RuleScope::project,
     "DELETE /v2/metadefs/namespaces/{namespace_name}/tags", "Delete tags of a namespace."},
    {"cache_image", admins, RuleScope::project, "PUT /v2/cache/{image_id}",
     "Put an image into the queue of the cache.", "rule:manage_image_cache"},
    {"cache_list", admins, RuleScope::project, "GET /v2/cache", "List the cache.", "rule:manage_image_cache"},
    {"cache_delete", admins, RuleScope::project, "DELETE /v2/cache;DELETE /v2/cache/{image_id}",
     "Remove images from the cache and its queue.", "rule:manage_image_cache"},
    {"cache_clean", admins, RuleScope::project, "POST /v2/cache/clean",
     "Remove what is broken or left over from the cache."},
    {"cache_prune", admins, RuleScope::project, "POST /v2/cache/prune", "Shrink the cache to its limit."},
    {"stores_info_detail", "rule:context_is_admin or rule:service_api", RuleScope::project,
     "GET /v2/info/stores/detail", "See the stores with their properties.", admins},
};

}  // namespace

std::span<const DefaultRule> default_rules() {
  return table;
}

const DefaultRule* find_default_rule(std::string_view name) {
  const auto rule = std::find_if(std::begin(table), std::end(table),
                                 [&](const DefaultRule& candidate) { return candidate.name == name; });
  return rule == std::end(table) ? nullptr : rule;
}

}  // namespace vitrine::access
