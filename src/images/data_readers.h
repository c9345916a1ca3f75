#pragma once

#include <string_view>

#include "images/images.h"

namespace vitrine::images {

/// Tells the stores that keep lists of their own who may read the image's data besides its owner: everybody
/// if it is public or for the community, its members, but for `without`, if it is shared. Asks nothing where
/// no store keeps lists. Throws what a store throws.
void let_read(const Resources& resources, const stores::StoreCall& call, const model::Image& image,
              std::string_view without = {});

/// The same for data that has just come in, which a failure makes no less complete: it is logged, and the
/// next change of the image tries again.
void let_read_new_data(const Resources& resources, const stores::StoreCall& call,
                       const model::Image& image) noexcept;

}  // namespace vitrine::images
