#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include "stores/drivers/cinder/cinder_volumes.h"

/// Reading what Cinder answers. Throws Error{unavailable} where it is not what its API promises.
namespace vitrine::stores {

/// `gibibyte`: as in CinderSettings.
CinderVolume read_volume(const boost::json::object& volume, std::uint64_t gibibyte);
CinderAttachment read_attachment(const boost::json::object& attachment);

/// The object of that name in the answer.
const boost::json::object& member_of(const boost::json::object& answer, std::string_view name);
/// The objects in the array of that name.
std::vector<const boost::json::object*> members_of(const boost::json::object& answer, std::string_view name);
/// Empty if there is none.
std::string text_of_member(const boost::json::object& object, std::string_view name);

}  // namespace vitrine::stores
