#include "transfer/format_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.h"
#include "base/log.h"

namespace vitrine::transfer {
namespace {

Error unacceptable(const std::string& message) {
  return {ErrorCode::unsupported_media_type, message};
}

}  // namespace

FormatCheck::FormatCheck(const model::Image& image, FormatRules rules)
    : image_id_(image.id), disk_format_(image.disk_format.value_or("")), rules_(std::move(rules)) {}

void FormatCheck::see(Bytes bytes) {
  inspection_.see(bytes);
  judge();
}

void FormatCheck::finish() {
  inspection_.finish();
  judge();
}

void FormatCheck::judge() {
  if (is_judged_ || !inspection_.is_recognised()) return;
  const std::vector<formats::Finding> findings = inspection_.findings();
  if (!is_compared_) {
    compare(findings);
    is_compared_ = true;
  }
  if (!inspection_.is_judged()) return;
  for (const formats::Finding& finding : findings) require_safe(finding);
  is_judged_ = true;
}

void FormatCheck::compare(const std::vector<formats::Finding>& findings) {
  if (findings.size() > 1) {
    std::vector<std::string_view> names;
    for (const formats::Finding& finding : findings) names.push_back(finding.format);
    return mismatch(fmt::format("Multiple formats detected: {}", fmt::join(names, ",")));
  }
  const std::string_view format = findings.front().format;
  if (format == disk_format_) {
    measure_ = Measure::disk;
  } else if (format == formats::raw && !formats::is_inspected(disk_format_)) {
    log::info("Image {} claims to be {}, which cannot be told from its data.", image_id_, disk_format_);
  } else if (disk_format_ == formats::raw) {
    log::warning("Image {} claims to be raw but is {}.", image_id_, format);
    measure_ = Measure::stream;
  } else {
    mismatch(fmt::format("Image disk_format {} does not match stream data {}", disk_format_, format));
  }
}

void FormatCheck::mismatch(const std::string& message) const {
  if (rules_.requires_match) throw unacceptable(message);
  log::warning("Image {} is accepted without a virtual size: {}.", image_id_, message);
}

bool FormatCheck::is_tolerated(const formats::Finding& finding, const formats::Failure& failure) const {
  return finding.format == "gpt" && std::ranges::count(rules_.tolerated_gpt_failures, failure.check) > 0;
}

void FormatCheck::require_safe(const formats::Finding& finding) const {
  bool is_safe = true;
  for (const formats::Failure& failure : finding.failures) {
    log::warning("Image {} is {} data that fails the safety check {}: {}.", image_id_, finding.format,
                 failure.check, failure.reason);
    is_safe = is_safe && is_tolerated(finding, failure);
  }
  if (!is_safe) throw unacceptable("Image failed safety checks");
  if (finding.fault) mismatch(std::string(*finding.fault));
}

std::optional<std::uint64_t> FormatCheck::virtual_size() const {
  const std::uint64_t size = measure_ == Measure::disk     ? inspection_.findings().front().virtual_size
                             : measure_ == Measure::stream ? inspection_.size()
                                                           : 0;
  // Glance, too, has no virtual size of nothing.
  return size == 0 ? std::nullopt : std::optional(size);
}

}  // namespace vitrine::transfer
