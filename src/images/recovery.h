#pragma once

#include "images/images.h"

namespace vitrine::images {

/// Undoes the uploads and finishes the removals that an earlier process of this node left in its journals.
/// Called once at start, before requests are taken. What cannot be settled now (a store or the database is
/// down) is logged and stays in the journal for the next start.
void recover(const Resources& resources);

/// Undoes an upload that was cut off, by the end of its process or that of its database; leaves one whose
/// last step was made all the same. Throws Error if that cannot be known or done now.
void undo_upload(const Resources& resources, const transfer::JournalEntry& entry);

/// Tries again to undo the uploads, and to finish the removals, that this process had to abandon.
void settle_abandoned(const Resources& resources);

}  // namespace vitrine::images
