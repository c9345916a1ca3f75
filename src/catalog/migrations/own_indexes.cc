#include "catalog/migrations/migration.h"

namespace vitrine::catalog {
namespace {

/// Soft-deleted rows are in none of them, so lists cost the same however many there are. Each index on images
/// finds what its first column says in the order of creation, or is in the order of that column; SQLite uses
/// it where a statement says `NOT deleted AND NOT os_hidden` in just these words. Flags behind the id let
/// SQLite answer from the index alone whether a filter is narrow.
constexpr std::string_view statements[] = {
    "CREATE INDEX IF NOT EXISTS vitrine_images_created_at ON images "
    "(created_at, id) WHERE NOT deleted AND NOT os_hidden",
    "CREATE INDEX IF NOT EXISTS vitrine_images_hidden_created_at ON images "
    "(created_at, id) WHERE NOT deleted AND os_hidden",
    "CREATE INDEX IF NOT EXISTS vitrine_images_visibility ON images "
    "(visibility, created_at, id) WHERE NOT deleted AND NOT os_hidden",
    "CREATE INDEX IF NOT EXISTS vitrine_images_owner ON images "
    "(owner, created_at, id) WHERE NOT deleted AND NOT os_hidden",
    "CREATE INDEX IF NOT EXISTS vitrine_images_name ON images "
    "(COALESCE(name, ''), created_at, id) WHERE NOT deleted AND NOT os_hidden",
    "CREATE INDEX IF NOT EXISTS vitrine_images_updated_at ON images "
    "(COALESCE(updated_at, created_at), created_at, id) WHERE NOT deleted AND NOT os_hidden",
    "CREATE INDEX IF NOT EXISTS vitrine_images_size ON images "
    "(COALESCE(size, 0), created_at, id) WHERE NOT deleted AND NOT os_hidden",
    "CREATE INDEX IF NOT EXISTS vitrine_images_status ON images "
    "(status, created_at, id, deleted, os_hidden) WHERE NOT deleted AND NOT os_hidden",
    "CREATE INDEX IF NOT EXISTS vitrine_images_disk_format ON images "
    "(COALESCE(disk_format, ''), created_at, id) WHERE NOT deleted AND NOT os_hidden",
    "CREATE INDEX IF NOT EXISTS vitrine_images_container_format ON images "
    "(COALESCE(container_format, ''), created_at, id) WHERE NOT deleted AND NOT os_hidden",

    "CREATE INDEX IF NOT EXISTS vitrine_image_properties_name_value ON image_properties "
    "(name, value, image_id, deleted) WHERE NOT deleted",
    "CREATE INDEX IF NOT EXISTS vitrine_image_tags_value ON image_tags "
    "(value, image_id, deleted) WHERE NOT deleted",
    "CREATE INDEX IF NOT EXISTS vitrine_image_members_member ON image_members "
    "(member, status, image_id, deleted) WHERE NOT deleted",
};

}  // namespace

const Migration own_indexes = statements;

}  // namespace vitrine::catalog
