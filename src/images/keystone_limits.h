#pragma once

#include "images/quota.h"
#include "keystone/limit_reader.h"

namespace vitrine::images {

/// The limits that Keystone keeps for each project. Bytes are limited in whole MiB, as Glance does: a project
/// is over its limit when it has one MiB more. A limit that Keystone does not know, and a negative one, lets
/// a project have nothing. Throws Error{unavailable} where Keystone cannot say.
class KeystoneLimits : public ProjectLimits {
 public:
  /// Borrows the reader.
  explicit KeystoneLimits(keystone::LimitReader& reader) : reader_(reader) {}

  std::optional<std::uint64_t> limit(const model::Project& project, model::Quantity quantity) const override;
  /// Glance asks for none of these limits where a client gives locations.
  GivenLocations given_locations() const override { return GivenLocations::unbound; }
  std::string refusal(const Excess& excess) const override;
  std::vector<ShownLimit> shown(const model::Project& project) const override;

 private:
  keystone::LimitReader& reader_;
};

}  // namespace vitrine::images
