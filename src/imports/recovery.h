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

/// The stores that a line of an import names.
std::vector<std::string> stores_in(const transfer::JournalEntry& line);

/// Whether the task, whose image this still is, had got as far as the record, so that nothing is left to be
/// imported into the stores.
bool is_finished(const Means& means, const model::Image& image, std::string_view task_id,
                 const std::vector<std::string>& store_ids);

/// Undoes, or finishes, what the line stands for, whose work has ended, and clears it. Throws Error{conflict}
/// as long as others work on the image: what was written under its name may be theirs.
void settle(const Means& means, const transfer::JournalEntry& line);

/// Undoes what an earlier process of this node left unfinished, as its journal says, and removes staged data
/// that belongs to no image. Called once at start, before requests are taken. What cannot be settled now is
/// logged and left to the sweep.
void recover(const Means& means);

}  // namespace vitrine::imports
