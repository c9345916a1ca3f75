#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "api/json_schema.h"
#include "api/operator_schema.h"

namespace vitrine::api {

/// The JSON schema of an image, as `GET /v2/schemas/image` shows it and as requests are checked against it.
/// Immutable; may be shared between threads.
class ImageSchema {
 public:
  ImageSchema(const std::vector<std::string>& container_formats, const std::vector<std::string>& disk_formats,
              const OperatorSchema& custom);

  const boost::json::object& document() const { return document_; }
  /// The schema of a list of images.
  boost::json::object list_document() const;

  /// Whether the schema names the key; only such a custom property can be null.
  bool describes(std::string_view key) const;
  /// Whether images are created with this custom property, and keep it.
  bool is_required(std::string_view key) const;

  /// Throws Error{invalid} that names what is wrong. Numbers without a fraction must have been made integers:
  /// see with_whole_numbers(). What is missing is not wrong.
  void require_valid(const boost::json::object& image) const;
  /// Throws Error{invalid} for a new image without a required property.
  void require_complete(const boost::json::object& image) const;

 private:
  boost::json::object document_;
  JsonSchema checks_;
  std::vector<std::string> required_;
};

}  // namespace vitrine::api
