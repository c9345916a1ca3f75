#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "formats/inspection.h"
#include "model/image.h"
#include "transfer/intake.h"

namespace vitrine::transfer {

/// What the operator wants of the formats of images.
struct FormatRules {
  bool requires_match =
      true;  ///< data of another format than the image's disk_format is refused, not only logged
  std::vector<std::string> tolerated_gpt_failures = {};  ///< checks of partition tables that are only logged
};

/// Holds an image's data against its disk_format, and refuses what is unsafe to open. Refuses as early as the
/// bytes allow: mostly within the first 34 KiB.
class FormatCheck : public ChunkCheck {
 public:
  FormatCheck(const model::Image& image, FormatRules rules);

  /// Both throw Error{unsupported_media_type}, in Glance's words.
  void see(Bytes bytes) override;
  void finish() override;

  /// Bytes of the disk in the image, after finish(); nothing if that is not known.
  std::optional<std::uint64_t> virtual_size() const;

 private:
  enum class Measure { nothing, disk, stream };  // whose size is the image's virtual size

  void judge();
  void compare(const std::vector<formats::Finding>& findings);
  void require_safe(const formats::Finding& finding) const;
  void mismatch(const std::string& message) const;
  bool is_tolerated(const formats::Finding& finding, const formats::Failure& failure) const;

  const std::string image_id_;
  const std::string disk_format_;
  const FormatRules rules_;
  formats::Inspection inspection_;
  Measure measure_ = Measure::nothing;
  bool is_compared_ = false;
  bool is_judged_ = false;
};

}  // namespace vitrine::transfer
