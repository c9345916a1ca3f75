#pragma once

#include <optional>
#include <string>

#include "fetch/client.h"

namespace vitrine::fetch {

/// Which version of its data a server has sent, by what RFC 9110 §13.1.5 lets a range be asked by: a strong
/// ETag, or else a Last-Modified that is older than the answer by a second at least.
class Version {
 public:
  /// Of no version at all.
  Version() = default;
  explicit Version(const Response& response);

  /// Whether the server has said enough to know the version again.
  bool is_known() const { return etag_ || last_modified_; }
  /// For the header If-Range.
  std::string if_range() const;
  /// Whether the response is of the version, too. False if that cannot be known.
  bool is_of(const Response& response) const;
  /// Whether the response says that it is of another version.
  bool is_contradicted_by(const Response& response) const;

 private:
  std::optional<std::string> etag_;
  std::optional<std::string> last_modified_;
};

}  // namespace vitrine::fetch
