#pragma once

#include "imports/method.h"

namespace vitrine::imports {

/// copy-image: the image's data, from whichever of its stores answers.
class CopyImage : public ImportMethod {
 public:
  void check(const ImportRequest&) const override {}
  ImportSource open(ImportJob& job) const override;
};

}  // namespace vitrine::imports
