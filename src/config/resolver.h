#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/declaration.h"
#include "config/layer.h"

namespace vitrine::config {

/// A group and a name in it; the texts belong to someone else.
struct NameView {
  std::string_view group;
  std::string_view name;
  bool operator==(const NameView&) const = default;
};

struct NameHash {
  std::size_t operator()(const NameView& view) const {
    const std::hash<std::string_view> hash;
    return hash(view.group) * 31 + hash(view.name);
  }
};

/// Where an option's value was found.
struct Found {
  const Layer* layer = nullptr;
  std::vector<const IniEntry*> entries;  ///< the last one counts, for a repeatable text all do
  std::string group;                     ///< under which it was written
  std::string_view name;
  bool is_former = false;

  /// A finding at this place without severity and message.
  Finding place() const { return {Finding::Severity::error, layer->origin, entries.back()->line, {}}; }
};

/// An option's text with all references replaced.
struct Text {
  std::optional<Found> found;              ///< nothing: it is the declared fallback
  std::vector<std::string> values;         ///< several only for a repeatable text; none: unset
  std::vector<std::string> unknown_names;  ///< references that stand for no option and stay as written
  std::string fault;                       ///< why the references cannot be replaced; empty: they are
};

/// Answers what the layers say of an option: which layer wins, under which name, with which text.
class Resolver {
 public:
  /// Layers in rising precedence.
  Resolver(std::vector<Layer> layers, std::vector<Declaration> declarations);
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// Puts layers below all others, the weakest first.
  void add_below(std::vector<Layer> layers);

  /// Lets the options declared for one group stand in another one too, as a store's options stand in its
  /// section.
  void share_options(std::string_view declared_group, std::string_view with_group);

  const std::vector<Layer>& layers() const { return layers_; }
  const std::vector<Declaration>& declarations() const { return declarations_; }

  /// The group_keys of all groups in which the option may stand.
  const std::set<std::string, std::less<>>& groups_of(const Declaration& declaration) const;

  /// The option of this name that may stand in the group, or null.
  const Declaration* declaration(std::string_view group, std::string_view name) const;

  /// Who sets the option in this group; for a store that does not set it, who sets it for all stores.
  std::optional<Found> find(const Declaration& declaration, std::string_view group) const;

  Text text(const Declaration& declaration, std::string_view group) const;

 private:
  using Trail = std::vector<NameView>;

  std::optional<Found> find_in(const Layer& layer, const Declaration& declaration,
                               std::string_view group) const;
  std::optional<Found> find_in_group(const Declaration& declaration, std::string_view group) const;
  Text expand(const Declaration& declaration, std::string_view group, Trail& trail) const;
  std::optional<std::string> referenced(std::string_view name, std::string_view group, Trail& trail,
                                        std::string& fault) const;

  std::vector<Layer> layers_;
  std::vector<Declaration> declarations_;
  std::unordered_map<NameView, const Declaration*, NameHash> by_name_;
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> groups_of_;  ///< by declared group
  std::map<std::string, std::vector<std::string_view>, std::less<>> declared_for_;    ///< by group_key
};

}  // namespace vitrine::config
