#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/image.h"

namespace vitrine::access {

/// What an operation is about, as far as rules may ask: `%(key)s` in a rule is a key of it. Values are looked
/// up when a rule asks, so a target costs nothing to make. A target lives for a few calls on one thread.
class PolicyTarget {
 public:
  virtual ~PolicyTarget() = default;

  /// The text that Python gives the value ("True", "None", "20"); it lies in the target or in `scratch`.
  /// Nothing if there is no such key.
  virtual std::optional<std::string_view> find(std::string_view key, std::string& scratch) const = 0;

  /// All of it, for a policy server.
  virtual boost::json::object document() const = 0;
};

/// An image and its custom properties. Borrows them.
class ImageTarget : public PolicyTarget {
 public:
  /// `member` is the caller's project if the image is shared with it.
  explicit ImageTarget(const model::Image& image, std::optional<std::string_view> member = {})
      : image_(image), member_(member) {}

  std::optional<std::string_view> find(std::string_view key, std::string& scratch) const override;
  boost::json::object document() const override;

 private:
  const model::Image& image_;
  std::optional<std::string_view> member_;
};

/// A few named texts; one without a value is Python's None. Borrows them.
class TextTarget : public PolicyTarget {
 public:
  using Values = std::vector<std::pair<std::string_view, std::optional<std::string_view>>>;

  /// Knows no key.
  TextTarget() = default;
  explicit TextTarget(Values values) : values_(std::move(values)) {}

  std::optional<std::string_view> find(std::string_view key, std::string& scratch) const override;
  boost::json::object document() const override;

 private:
  Values values_;
};

/// The values of a JSON object. Borrows it.
class ObjectTarget : public PolicyTarget {
 public:
  explicit ObjectTarget(const boost::json::object& values) : values_(values) {}

  std::optional<std::string_view> find(std::string_view key, std::string& scratch) const override;
  boost::json::object document() const override { return values_; }

 private:
  const boost::json::object& values_;
};

}  // namespace vitrine::access
