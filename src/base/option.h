#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace vitrine {

using TextList = std::vector<std::string>;
using TextMap = std::vector<std::pair<std::string, std::string>>;  ///< in the order written, keys unique

/// Values of an option that may be given several times: `key = v` on several lines, all kept.
struct MultiText {
  std::vector<std::string> values;
  bool operator==(const MultiText&) const = default;
};

namespace option_detail {

template <class T>
struct Fallback {
  using type = T;
};
template <>
struct Fallback<std::string> {
  using type = std::string_view;
};
template <>
struct Fallback<TextList> {
  using type = std::string_view;  // as written in a file: comma separated
};
template <>
struct Fallback<TextMap> {
  using type = std::string_view;
};
template <>
struct Fallback<MultiText> {
  using type = std::string_view;
};
template <class T>
struct Fallback<std::optional<T>> {
  using type = std::nullopt_t;
};

}  // namespace option_detail

/// The group of options that every store has: looked up in the store's own group, then in [backend_defaults]
/// (or in [glance_store] for a service with a single store).
inline constexpr std::string_view per_store = "<store>";

/// An option of the configuration file: its name and group as operators write them, its type `T` and its
/// value when nobody sets it. `T` is bool, std::int64_t, double, std::string, TextList, TextMap, MultiText,
/// or std::optional of one of the first four when the option may be unset. Declare it constexpr in the
/// options.h of the room that reads it and list it in that room's options().
template <class T>
struct Option {
  using Value = T;
  using Fallback = typename option_detail::Fallback<T>::type;
  using Bound = std::conditional_t<std::is_same_v<T, double> || std::is_same_v<T, std::optional<double>>,
                                   double, std::int64_t>;

  std::string_view name;
  std::string_view group = "DEFAULT";
  Fallback fallback = [] {
    if constexpr (std::is_same_v<Fallback, std::nullopt_t>) {
      return std::nullopt;
    } else {
      return Fallback{};
    }
  }();
  std::string_view help;
  Bound min = std::numeric_limits<Bound>::lowest();  ///< set for a list: each item is a whole number
  Bound max = std::numeric_limits<Bound>::max();
  std::string_view choices = {};  ///< comma separated; empty: anything. For a list they bound each item.
  std::string_view former = {};   ///< older names, `name` or `group.name`, comma separated
  bool is_secret = false;         ///< shown as **** wherever configuration is printed
  bool is_reloadable = false;     ///< SIGHUP counts
  bool needs_brackets = false;    ///< a list that must be written as `[a, b]`
  bool any_case = false;          ///< choices match in any case
  bool is_deprecated = false;     ///< works, but Glance has announced its removal
  bool is_host = false;           ///< the text, or each item of a list, is an IP address or host name
};

/// A reference to an option of any type, so that options can stand in one list.
using AnyOption =
    std::variant<const Option<bool>*, const Option<std::int64_t>*, const Option<double>*,
                 const Option<std::string>*, const Option<TextList>*, const Option<TextMap>*,
                 const Option<MultiText>*, const Option<std::optional<bool>>*,
                 const Option<std::optional<std::int64_t>>*, const Option<std::optional<double>>*,
                 const Option<std::optional<std::string>>*>;

/// What a room's options() returns: pointers to constants, so copies are cheap and always valid.
using OptionList = std::vector<AnyOption>;

}  // namespace vitrine
