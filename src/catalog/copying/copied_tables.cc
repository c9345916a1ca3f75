#include "catalog/copying/copied_tables.h"

namespace vitrine::catalog::copying {
namespace {

using enum Kind;

constexpr Column images[] = {
    {"id", text},           {"name", text},
    {"size", integer},      {"status", text},
    {"created_at", time},   {"updated_at", time},
    {"deleted_at", time},   {"deleted", flag},
    {"disk_format", text},  {"container_format", text},
    {"checksum", text},     {"owner", text},
    {"min_disk", integer},  {"min_ram", integer},
    {"protected", flag},    {"virtual_size", integer},
    {"visibility", text},   {"os_hidden", flag},
    {"os_hash_algo", text}, {"os_hash_value", text},
};

constexpr Column image_properties[] = {
    {"id", integer},      {"image_id", text},   {"name", text},       {"value", text},
    {"created_at", time}, {"updated_at", time}, {"deleted_at", time}, {"deleted", flag},
};

constexpr Column image_tags[] = {
    {"id", integer},      {"image_id", text},   {"value", text},   {"created_at", time},
    {"updated_at", time}, {"deleted_at", time}, {"deleted", flag},
};

constexpr Column image_locations[] = {
    {"id", integer},      {"image_id", text}, {"value", text},     {"created_at", time}, {"updated_at", time},
    {"deleted_at", time}, {"deleted", flag},  {"meta_data", text}, {"status", text},
};

constexpr Column image_members[] = {
    {"id", integer},      {"image_id", text},   {"member", text},  {"can_share", flag}, {"created_at", time},
    {"updated_at", time}, {"deleted_at", time}, {"deleted", flag}, {"status", text},
};

constexpr Column tasks[] = {
    {"id", text},         {"type", text},       {"status", text},     {"owner", text},
    {"expires_at", time}, {"created_at", time}, {"updated_at", time}, {"deleted_at", time},
    {"deleted", flag},    {"image_id", text},   {"request_id", text}, {"user_id", text},
};

constexpr Column task_info[] = {{"task_id", text}, {"input", text}, {"result", text}, {"message", text}};

constexpr Column metadef_namespaces[] = {
    {"id", integer},       {"namespace", text},  {"display_name", text},
    {"description", text}, {"visibility", text}, {"protected", flag},
    {"owner", text},       {"created_at", time}, {"updated_at", time},
};

constexpr Column metadef_resource_types[] = {
    {"id", integer}, {"name", text}, {"protected", flag}, {"created_at", time}, {"updated_at", time},
};

constexpr Column metadef_namespace_resource_types[] = {
    {"resource_type_id", integer}, {"namespace_id", integer}, {"properties_target", text}, {"prefix", text},
    {"created_at", time},          {"updated_at", time},
};

constexpr Column metadef_objects[] = {
    {"id", integer},    {"namespace_id", integer}, {"name", text},       {"description", text},
    {"required", text}, {"json_schema", text},     {"created_at", time}, {"updated_at", time},
};

constexpr Column metadef_properties[] = {
    {"id", integer},       {"namespace_id", integer}, {"name", text},
    {"json_schema", text}, {"created_at", time},      {"updated_at", time},
};

constexpr Column metadef_tags[] = {
    {"id", integer}, {"namespace_id", integer}, {"name", text}, {"created_at", time}, {"updated_at", time},
};

constexpr Column node_reference[] = {{"node_reference_id", integer}, {"node_reference_url", text}};

constexpr Column cached_images[] = {
    {"id", integer},   {"image_id", text}, {"last_accessed", time}, {"last_modified", time},
    {"size", integer}, {"hits", integer},  {"checksum", text},      {"node_reference_id", integer},
};

constexpr Table all[] = {
    {"images", images, 1, false},
    {"image_properties", image_properties, 1, true},
    {"image_tags", image_tags, 1, true},
    {"image_locations", image_locations, 1, true},
    {"image_members", image_members, 1, true},
    {"tasks", tasks, 1, false},
    {"task_info", task_info, 1, false},
    {"metadef_namespaces", metadef_namespaces, 1, true},
    {"metadef_resource_types", metadef_resource_types, 1, true},
    {"metadef_namespace_resource_types", metadef_namespace_resource_types, 2, false},
    {"metadef_objects", metadef_objects, 1, true},
    {"metadef_properties", metadef_properties, 1, true},
    {"metadef_tags", metadef_tags, 1, true},
    {"node_reference", node_reference, 1, true},
    {"cached_images", cached_images, 1, true},
};

}  // namespace

std::span<const Table> copied_tables() {
  return all;
}

}  // namespace vitrine::catalog::copying
