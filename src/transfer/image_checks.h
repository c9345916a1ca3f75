#pragma once

#include <memory>
#include <vector>

#include "transfer/format_check.h"

namespace vitrine::transfer {

/// The checks that an image's data must pass, by whatever way it comes in.
struct ImageChecks {
  std::vector<std::unique_ptr<ChunkCheck>> list;  ///< for an Intake, which keeps them while it lives
  const FormatCheck* format = nullptr;            ///< one of them; null if data of this kind is not inspected

  /// What the image's virtual_size becomes; asked when the intake has committed.
  std::optional<std::uint64_t> virtual_size() const { return format ? format->virtual_size() : std::nullopt; }
};

/// Data is inspected if it stands for itself (container_format `bare`); what is in a container cannot be told
/// from its first bytes.
ImageChecks make_checks(const model::Image& image, const FormatRules& rules);

}  // namespace vitrine::transfer
