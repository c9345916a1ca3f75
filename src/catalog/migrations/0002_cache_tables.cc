#include "catalog/migrations/migration.h"

namespace vitrine::catalog {
namespace {

constexpr std::string_view cache_statements[] = {
    R"(CREATE TABLE IF NOT EXISTS node_reference (
         node_reference_id {big_id},
         node_reference_url VARCHAR(255) NOT NULL,
         PRIMARY KEY (node_reference_id),
         CONSTRAINT uq_node_reference_node_reference_url UNIQUE (node_reference_url)){options})",
    R"(CREATE TABLE IF NOT EXISTS cached_images (
         id {big_id},
         image_id VARCHAR(36) NOT NULL,
         last_accessed {time} NOT NULL,
         last_modified {time} NOT NULL,
         size BIGINT NOT NULL,
         hits INTEGER NOT NULL,
         checksum VARCHAR(32),
         node_reference_id {big} NOT NULL,
         PRIMARY KEY (id),
         FOREIGN KEY (node_reference_id) REFERENCES node_reference (node_reference_id),
         CONSTRAINT ix_cached_images_image_id_node_reference_id UNIQUE (image_id, node_reference_id)){options})",
};

}  // namespace

const Migration cache_tables = cache_statements;

}  // namespace vitrine::catalog
