#pragma once

#include <boost/json/object.hpp>
#include <string_view>

namespace vitrine::api {

inline constexpr std::string_view uuid_pattern =
    "^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$";

// The JSON schemas that are the same in every cloud, as `GET /v2/schemas/…` shows them.

boost::json::object member_schema();
boost::json::object members_schema();
boost::json::object task_schema();
boost::json::object tasks_schema();

/// What a request for a new task is checked against: a task's schema that wants a type and an input, and
/// nothing that a task has not got.
boost::json::object task_request_schema();

}  // namespace vitrine::api
