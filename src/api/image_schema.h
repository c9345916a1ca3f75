#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <string>
#include <vector>

namespace vitrine::api {

/// The JSON schema of an image, as `GET /v2/schemas/image` shows it and as requests are checked against it.
/// Immutable; may be shared between threads.
class ImageSchema {
 public:
  ImageSchema(const std::vector<std::string>& container_formats,
              const std::vector<std::string>& disk_formats);
  ~ImageSchema();
  ImageSchema(const ImageSchema&) = delete;
  ImageSchema& operator=(const ImageSchema&) = delete;

  const boost::json::object& document() const { return document_; }
  /// The schema of a list of images.
  boost::json::object list_document() const;

  /// Throws Error{invalid} that names what is wrong. Numbers without a fraction must have been made integers:
  /// see with_whole_numbers().
  void require_valid(const boost::json::object& image) const;

 private:
  struct Compiled;
  boost::json::object document_;
  std::unique_ptr<Compiled> compiled_;
};

/// `1.0` and `1e2` are integers to JSON schema, but not to the parser.
boost::json::value with_whole_numbers(boost::json::value value);

}  // namespace vitrine::api
