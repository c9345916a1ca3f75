#pragma once

#include "fetch/admission.h"
#include "fetch/download.h"
#include "imports/method.h"

namespace vitrine::imports {

/// web-download: what a URI leads to.
class WebDownload : public ImportMethod {
 public:
  /// Both are borrowed.
  WebDownload(fetch::Downloader& downloader, const fetch::Admission& admission)
      : downloader_(downloader), admission_(admission) {}

  /// Throws Error{invalid} without a URI, or for one that is not to be asked for.
  void check(const ImportRequest& request) const override;
  ImportSource open(ImportJob& job) const override;

 private:
  fetch::Downloader& downloader_;
  const fetch::Admission& admission_;
};

}  // namespace vitrine::imports
