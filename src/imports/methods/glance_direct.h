#pragma once

#include "imports/method.h"

namespace vitrine::imports {

/// glance-direct: the data that the client sent with PUT …/stage.
class GlanceDirect : public ImportMethod {
 public:
  void check(const ImportRequest&) const override {}
  ImportSource open(ImportJob& job) const override;
};

}  // namespace vitrine::imports
