#include "config/refusals.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace vitrine::config {
namespace {

constexpr Refusal table[] = {
    {"DEFAULT", "delayed_delete", "false", "delayed deletion"},
    {"DEFAULT", "image_cache_dir", "", "the image cache"},
    {"DEFAULT", "log_config_append", "", "logging configuration files"},
    {"DEFAULT", "metadata_encryption_key", "", "encryption of location URLs"},
    {"DEFAULT", "owner_is_tenant", "true", "images owned by users instead of projects"},
    {"DEFAULT", "publish_errors", "false", "notifications of errors"},
    {"DEFAULT", "use_journal", "false", "logging to the journal"},
    {"DEFAULT", "use_syslog", "false", "logging to syslog"},
    {"database", "slave_connection", "", "a second database for reading"},
    {"keystone_authtoken", "enforce_token_bind", "disabled,permissive,strict", "tokens bound to a client"},
    {"oslo_messaging_notifications", "driver", "noop", "notifications"},
    {"profiler", "enabled", "false", "tracing of requests"},
};

/// A value as the texts that the table compares.
struct ToItems {
  TextList operator()(std::monostate) const { return {}; }
  TextList operator()(bool value) const { return {value ? "true" : "false"}; }
  TextList operator()(std::int64_t value) const { return {fmt::format("{}", value)}; }
  TextList operator()(double value) const { return {fmt::format("{}", value)}; }
  TextList operator()(const std::string& value) const { return {value}; }
  TextList operator()(const TextList& value) const { return value; }
  TextList operator()(const MultiText& value) const { return value.values; }
  TextList operator()(const TextMap& value) const {
    TextList items;
    for (const auto& [key, text] : value) items.push_back(fmt::format("{}:{}", key, text));
    return items;
  }
};

std::string remedy(const Refusal& refusal) {
  if (refusal.harmless.empty()) return "Remove it.";
  const TextList harmless = split(refusal.harmless, ',');
  if (harmless.size() == 1) return fmt::format("Remove it or set it to {}.", harmless.front());
  return fmt::format("Remove it or use only {}.", join(harmless, ", "));
}

}  // namespace

std::span<const Refusal> refusals() {
  return table;
}

const Refusal* find_refusal(std::string_view group, std::string_view name) {
  const auto row = std::find_if(std::begin(table), std::end(table), [&](const Refusal& refusal) {
    return refusal.group == group && refusal.name == name;
  });
  return row == std::end(table) ? nullptr : row;
}

bool is_harmless(const Refusal& refusal, const Value& value) {
  const TextList harmless = split(refusal.harmless, ',');
  const TextList items = std::visit(ToItems{}, value);
  return std::all_of(items.begin(), items.end(), [&](const std::string& item) {
    return item.empty() || std::find(harmless.begin(), harmless.end(), item) != harmless.end();
  });
}

std::string refusal_message(const Refusal& refusal, std::string_view group) {
  return fmt::format("[{}] {} asks for {}, which this version does not have yet. {}", group, refusal.name,
                     refusal.feature, remedy(refusal));
}

}  // namespace vitrine::config
