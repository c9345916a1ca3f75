#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/option.h"
#include "fetch/uri.h"

namespace vitrine::fetch {

/// The values of one part of a URI that are welcome and those that are not. If any is allowed, only those
/// are, whether or not they are disallowed, too.
struct FilterLists {
  TextList allowed;
  TextList disallowed;
};

struct FilterRules {
  FilterLists schemes;
  FilterLists hosts;  ///< names and addresses, in any spelling
  FilterLists ports;
};

/// Which URIs this service fetches for its users, by [import_filtering_opts]. Looks at what is written: where
/// a name leads is seen when the connection is made (Request::nearest). Immutable: may be shared between
/// threads.
class UriFilter {
 public:
  /// Throws Error{configuration} for a host or port that is none.
  explicit UriFilter(const FilterRules& rules);

  /// Throws Error{invalid} that names the option which refuses the URI. A port counts only if it is written.
  void check(const Uri& uri) const;

  /// Whether hosts are welcome only if they are allowed by name, so that each one that passes was.
  bool names_hosts() const { return !hosts_.allowed.empty(); }
  /// The hosts that are refused, as normal_host() writes them; none if names_hosts().
  std::vector<std::string> disallowed_hosts() const;

  /// The same filter for those to whom every port is welcome.
  UriFilter without_ports() const;

 private:
  /// The rule for one part.
  struct Rule {
    std::string_view part;  ///< in the singular: "host"
    std::vector<std::string> allowed;
    std::vector<std::string> disallowed;

    void check(std::string_view value) const;
  };

  Rule schemes_;
  Rule hosts_;
  Rule ports_;
};

}  // namespace vitrine::fetch
