#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "stores/drivers/s3/s3_settings.h"
#include "tests/support/planned_faults.h"

namespace vitrine::tests {

/// An S3 service with one bucket and path-style addresses, in memory. It looks at digests but not at
/// signatures; s3_test does that with real services. May be used from all threads.
class FakeS3 : public PlannedFaults {
 public:
  FakeS3();

  /// Those of a store in its bucket that does not wait long.
  stores::S3Settings settings() const;

  /// "object KEY" and "upload KEY", without their data.
  std::vector<std::string> everything() const;
  std::string object(const std::string& key) const;
  void put_object(const std::string& key, std::string content);
  void remove_bucket();
  /// That many parts came with the last upload that was completed.
  std::size_t completed_parts() const;
  OriginServer& origin() { return origin_; }
  std::vector<SeenRequest> requests() const { return origin_.requests(); }

 private:
  struct Upload {
    std::string key;
    std::map<std::size_t, std::string> parts;
  };
  using Query = std::map<std::string, std::string>;

  Page answer(const SeenRequest& request);
  Page carry_out(const SeenRequest& request);
  Page bucket(const SeenRequest& request, const Query& query);
  Page object(const SeenRequest& request, const std::string& key);
  Page upload(const SeenRequest& request, const std::string& key, const Query& query);
  Page complete(const SeenRequest& request, const std::string& key, const std::string& id);
  Page list_uploads(const std::string& prefix) const;

  bool has_bucket_ = true;
  std::map<std::string, std::string> objects_;
  std::map<std::string, std::string> etags_;  ///< of objects that came in parts, with their quotes
  std::map<std::string, Upload> uploads_;     ///< by id
  std::size_t uploads_begun_ = 0;
  std::size_t completed_parts_ = 0;
  OriginServer origin_;  // last: it answers with the rest
};

/// A refusal as S3 writes it.
Page s3_error(unsigned status, std::string_view code);

}  // namespace vitrine::tests
