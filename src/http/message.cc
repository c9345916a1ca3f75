#include "http/message.h"

#include <algorithm>

#include "base/text.h"

namespace vitrine::http {

void Headers::set(std::string_view name, std::string value) {
  const auto has_name = [&](const Field& field) { return equals_ignoring_case(field.first, name); };
  const auto first = std::find_if(fields_.begin(), fields_.end(), has_name);
  if (first == fields_.end()) {
    fields_.emplace_back(name, std::move(value));
    return;
  }
  first->second = std::move(value);
  fields_.erase(std::remove_if(first + 1, fields_.end(), has_name), fields_.end());
}

const std::string* Headers::find(std::string_view name) const {
  for (const auto& [field, value] : fields_) {
    if (equals_ignoring_case(field, name)) return &value;
  }
  return nullptr;
}

std::string_view Request::query() const {
  const auto mark = target.find('?');
  return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
}

std::string_view to_string(Reason reason) {
  switch (reason) {
    case Reason::client_left:
      return "client left";
    case Reason::too_slow:
      return "too slow";
    case Reason::malformed:
      return "malformed";
    case Reason::stopping:
      return "stopping";
  }
  return "unknown";
}

}  // namespace vitrine::http
