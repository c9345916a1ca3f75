#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "catalog/catalog.h"
#include "images/tasks.h"
#include "model/image.h"

namespace vitrine::imports {

/// The key of a task's input under which it says how many seconds lie between its signs of life, so that
/// others need not wait as long as for a task of Python Glance.
inline constexpr std::string_view heartbeat_key = "vitrine_heartbeat";

/// How much time lies between the signs of life of a task of ours; nothing for one of Python Glance.
std::optional<std::chrono::seconds> heartbeat_of(const model::Task& task);

/// How long a task may be silent before it counts as dead for whoever wants its image.
std::chrono::seconds patience_with(const model::Task& task);

/// Whether nobody works on the task any more, as far as its silence tells.
bool is_silent(const model::Task& task, Timestamp now);

/// Breaks the lock that a dead task left on the image. Returns the stores that this one was to fill. Throws
/// Error{conflict} if the task may still live.
std::vector<std::string> break_dead_lock(catalog::Catalog& catalog, images::Tasks& tasks, const Clock& clock,
                                         const model::Image& image);

/// The stores that a task's input names.
std::vector<std::string> stores_of(const model::Task& task);

}  // namespace vitrine::imports
