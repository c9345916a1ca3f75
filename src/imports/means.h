#pragma once

#include "images/images.h"
#include "images/tasks.h"
#include "imports/settings.h"
#include "imports/staging.h"
#include "imports/unsettled.h"
#include "transfer/journal.h"

namespace vitrine::imports {

/// What imports work with. Everything is borrowed and outlives them.
struct Means {
  const images::Resources& resources;
  const images::Limits& limits;
  images::Tasks& tasks;
  transfer::Journal& journal;  ///< imports and staged uploads under way
  Unsettled& unsettled;        ///< of that journal
  const Staging& staging;
  const ImportSettings& settings;
};

}  // namespace vitrine::imports
