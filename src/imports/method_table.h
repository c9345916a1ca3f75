#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "fetch/admission.h"
#include "fetch/download.h"
#include "imports/method.h"
#include "imports/record.h"
#include "keystone/session.h"
#include "model/status.h"

namespace vitrine::imports {

/// What methods reach the outside with. Borrowed.
struct Outside {
  fetch::Downloader& downloader;
  const fetch::Admission& admission;
  keystone::Session* keystone = nullptr;  ///< null: Keystone is not asked who is calling
};

/// One import method.
struct MethodRow {
  std::string_view name;
  model::ImageStatus starts_from;  ///< the only status in which an image may be imported so
  Purpose purpose;
  std::string_view rule;  ///< the policy's
  std::unique_ptr<ImportMethod> (*make)(const Outside&);
};

std::span<const MethodRow> import_methods();

/// Null if there is none of that name.
const MethodRow* find_import_method(std::string_view name);

}  // namespace vitrine::imports
