#include "catalog/migrations/migration.h"

namespace vitrine::catalog {
namespace {

constexpr std::string_view statements[] = {
    // Lists in their default order read a page's rows and no others.
    "CREATE INDEX IF NOT EXISTS vitrine_images_deleted_created_at_id ON images (deleted, created_at, id)",
};

}  // namespace

const Migration own_indexes = statements;

}  // namespace vitrine::catalog
