#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "imports/means.h"

namespace vitrine::imports {

/// The journal's lines: of data on its way to staging, of an import into these stores, and of a location that
/// an image gets.
transfer::JournalEntry staging_line(std::string_view image_id);
transfer::JournalEntry import_line(std::string_view task_id, std::string_view image_id,
                                   const std::vector<std::string>& store_ids);
transfer::JournalEntry location_line(std::string_view task_id, std::string_view image_id);

/// Nothing staged, and an image that is `uploading` is `queued` again; one that is deleted is fine.
void undo_staging(const Means& means, std::string_view image_id);

/// Undoes what an earlier process of this node left unfinished, as its journal says, and removes staged data
/// that belongs to no image. Called once at start, before requests are taken. What cannot be settled now is
/// logged and stays in the journal for the next start.
void recover(const Means& means);

}  // namespace vitrine::imports
