#pragma once

#include <functional>
#include <string_view>

#include "stores/store_set.h"

namespace vitrine::stores {

/// Tries everything that a store is for with a blob of its own: writes it, asks for its size, reads it back
/// whole and in part, removes it. Tells `done` what worked, step by step. Whatever goes wrong, the blob is
/// gone afterwards, as far as the store lets it be removed. Throws Error as soon as a step fails, Error{gone}
/// for a store that takes no data. Blocks; call.deadline and call.stop are the drivers' to keep.
void probe(Store& store, const StoreCall& call, const std::function<void(std::string_view step)>& done);

}  // namespace vitrine::stores
