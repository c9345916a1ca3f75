#include "access/property_permissions.h"

#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>

namespace vitrine::access {

struct PropertyPermissions::Limited {
  using Answers = std::map<std::string, bool, std::less<>>;

  std::shared_ptr<const PropertyProtections> protections;
  model::Caller caller;
  AskPolicy ask;
  std::array<Answers, 4> answers = {};  ///< by use
};

PropertyPermissions::PropertyPermissions(std::shared_ptr<const PropertyProtections> protections,
                                         const model::Caller& caller, AskPolicy ask) {
  if (protections->is_empty()) return;
  limited_ = std::make_shared<Limited>(Limited{std::move(protections), caller, std::move(ask)});
}

bool PropertyPermissions::allow(PropertyUse use, std::string_view property) const {
  if (!limited_) return true;
  Limited::Answers& answers = limited_->answers[static_cast<std::size_t>(use)];
  if (const auto known = answers.find(property); known != answers.end()) return known->second;
  const bool answer = limited_->protections->allow(limited_->caller, limited_->ask, use, property);
  answers.emplace(property, answer);
  return answer;
}

}  // namespace vitrine::access
