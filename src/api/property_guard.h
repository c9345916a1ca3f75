#pragma once

#include <vector>

#include "access/property_permissions.h"
#include "api/image_patch.h"
#include "model/image.h"

namespace vitrine::api {

/// Throws Error{forbidden} if the caller may not give a new image one of its custom properties.
void require_new_properties(const access::PropertyPermissions& permissions, const model::Image& wanted);

/// Throws Error{forbidden} if the caller may not take the step on a custom property. What the step meets or
/// misses in the image is not its to say: apply() does.
void require_property_step(const access::PropertyPermissions& permissions, const PatchStep& step,
                           PatchDialect dialect, const model::Image& image);

/// Takes what the caller may not read out of the image, so that a change of it knows as little of that as the
/// caller does.
std::vector<model::Property> take_hidden_properties(const access::PropertyPermissions& permissions,
                                                    model::Image& image);

/// Gives the image back what was taken, except where the change has put another value.
void put_back(const std::vector<model::Property>& hidden, model::Image& image);

}  // namespace vitrine::api
