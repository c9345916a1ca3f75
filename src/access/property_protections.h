#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "model/caller.h"

namespace vitrine::access {

/// What a caller wants to do with a custom property.
enum class PropertyUse { create, read, update, remove };

/// What the file's values name.
enum class ProtectionFormat {
  roles,     ///< any number, separated by commas
  policies,  ///< a single rule of the policy
};

/// Whether somebody passes a rule of the policy.
using AskPolicy = std::function<bool(std::string_view rule)>;

/// Who may do what with which custom properties, as the file of [DEFAULT] property_protection_file says.
/// Immutable: may be shared between threads.
class PropertyProtections {
 public:
  /// Without a file: everybody may do everything.
  PropertyProtections();
  /// Reads the text of such a file. Throws Error{configuration} that names every fault with its line.
  explicit PropertyProtections(std::string_view text, ProtectionFormat format = ProtectionFormat::roles);
  ~PropertyProtections();
  PropertyProtections(PropertyProtections&&) noexcept;
  PropertyProtections& operator=(PropertyProtections&&) noexcept;

  /// The first section whose expression is found in the property's name decides; without one nobody may. The
  /// roles of a service that passes on the caller's request count as well. `ask`: for the caller, about what
  /// the file says in the format `policies`.
  bool allow(const model::Caller& caller, const AskPolicy& ask, PropertyUse use,
             std::string_view property) const;

  /// Whether there is anything to ask about.
  bool is_empty() const { return !rules_; }

 private:
  struct Rules;
  std::unique_ptr<const Rules> rules_;
};

/// What is wrong with the file that the configuration names, and with how it names it.
std::vector<config::Finding> check_property_protections(const config::Config& config);

/// The protections that the configuration asks for. A changed file counts from the next call on; one that
/// cannot be used is logged, and what was read before stays. May be shared between threads.
class LiveProtections {
 public:
  /// Without a file: everybody may do everything.
  LiveProtections();
  /// Throws Error{configuration}.
  explicit LiveProtections(const config::Config& config);
  ~LiveProtections();

  std::shared_ptr<const PropertyProtections> current();

 private:
  struct Source;
  std::unique_ptr<Source> source_;
  std::shared_ptr<const PropertyProtections> unchanging_;
};

}  // namespace vitrine::access
