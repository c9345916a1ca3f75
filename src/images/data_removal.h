#pragma once

#include <functional>
#include <string_view>

#include "images/images.h"

namespace vitrine::images {

/// Removes what lies at a location of the image. Data that is gone already is fine, and so is data that none
/// of our stores keeps: that is not ours to remove.
void remove_data(const stores::StoreSet& stores, const stores::StoreCall& call, std::string_view image_id,
                 const stores::Location& location);

/// Changes an image, and removes the data of the locations that `edit` takes out of it, unless another
/// location still names it. The record comes first, so that of two who take out a copy at the same time both
/// see how many are left. If a store refuses, the image becomes again what it was; if the process dies in
/// between, the next start removes the data. `seen`: the image as it was read before; Error{conflict} if
/// `edit` now takes out other locations than it would have taken out of that. Otherwise as Catalog::change().
model::Image change_and_remove_data(const Resources& resources, const model::Image& seen,
                                    const std::function<void(model::Image&)>& edit,
                                    const stores::StoreCall& call, const catalog::Condition& condition = {});

}  // namespace vitrine::images
