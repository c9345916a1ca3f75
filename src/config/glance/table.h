#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "config/declaration.h"

/// Glance's options that no room reads yet, so that a configuration of Glance's is understood, checked and
/// documented as a whole. A room that starts to read an option declares it in its options.h and drops the
/// row.
namespace vitrine::config::glance {

/// What few rows need.
struct Details {
  std::optional<double> min;
  std::optional<double> max;
  std::string_view choices = {};
  std::string_view former = {};
  bool is_secret = false;
  bool is_reloadable = false;
  bool needs_brackets = false;
  bool any_case = false;
  bool is_host = false;
  bool is_deprecated = false;
  bool has_effect = true;
};

/// Default of an option that is unset unless somebody sets it.
inline constexpr std::nullopt_t unset = std::nullopt;

struct Row {
  std::string_view name;
  Type type;
  std::optional<std::string_view> fallback;  ///< as written in a file
  std::string_view help;
  Details details = {};
};

struct Group {
  std::string_view name;
  std::span<const Row> rows;
};

using Groups = std::span<const Group>;

Groups service();
Groups logging();
Groups image_tasks();
Groups swift();
Groups cinder();
Groups database();
Groups keystone();
Groups messaging();
Groups key_manager();
Groups libraries();
Groups removed();

}  // namespace vitrine::config::glance
