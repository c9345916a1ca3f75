#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace vitrine::api {

/// A JSON schema of an object, ready to check documents. Immutable; may be shared between threads.
class JsonSchema {
 public:
  /// Throws Error{configuration} for a document that is no schema.
  explicit JsonSchema(const boost::json::object& document);
  ~JsonSchema();
  JsonSchema(const JsonSchema&) = delete;
  JsonSchema& operator=(const JsonSchema&) = delete;

  /// Throws Error{invalid} that says what is wrong; `name` is the schema's under /v2/schemas. Numbers without
  /// a fraction must have been made integers: see with_whole_numbers().
  void require_valid(const boost::json::object& document, std::string_view name) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
  std::set<std::string, std::less<>> matched_;  ///< properties whose texts are held against a pattern
};

/// `1.0` and `1e2` are integers to JSON schema, but not to the parser.
boost::json::value with_whole_numbers(boost::json::value value);

}  // namespace vitrine::api
