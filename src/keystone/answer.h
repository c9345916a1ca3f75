#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

#include "base/error.h"

/// Reading what Keystone answers. Everything here throws Error{unavailable} where the answer is not what the
/// API promises: an answer that is not understood must not let anybody in.
namespace vitrine::keystone {

/// What clients are told; the log says what happened.
Error keystone_unavailable();

/// For a token that Keystone does not know, though it did when its holder came.
Error token_has_ended();

/// Likewise for an answer that is not understood; `what` goes to the log.
Error not_understood(std::string_view what);

/// A JSON text whose outermost value is an object.
boost::json::object parse_object(std::string_view text);

/// The member, null if there is none or it is JSON's null.
const boost::json::value* find(const boost::json::object& object, std::string_view name);

const boost::json::object& object_at(const boost::json::object& object, std::string_view name);
std::string text_at(const boost::json::object& object, std::string_view name);
/// Empty if there is none.
std::string optional_text_at(const boost::json::object& object, std::string_view name);
/// Null if there is none.
const boost::json::object* optional_object_at(const boost::json::object& object, std::string_view name);
const boost::json::array* optional_array_at(const boost::json::object& object, std::string_view name);

}  // namespace vitrine::keystone
