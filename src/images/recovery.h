#pragma once

#include "images/images.h"

namespace vitrine::images {

/// Undoes the uploads and finishes the removals that an earlier process of this node left in its journals.
/// Called once at start, before requests are taken. What cannot be settled now (a store or the database is
/// down) is logged and stays in the journal for the next start.
void recover(const Resources& resources);

}  // namespace vitrine::images
