#pragma once

#include "fetch/download.h"
#include "imports/method.h"
#include "keystone/session.h"

namespace vitrine::imports {

/// Data, formats and some properties of an image in another region of the cloud, asked for with the
/// requester's token.
class GlanceDownload : public ImportMethod {
 public:
  /// Borrows both. `session` is null where Keystone is not asked; then every request is refused.
  GlanceDownload(fetch::Downloader& downloader, keystone::Session* session)
      : downloader_(downloader), session_(session) {}

  void check(const ImportRequest& request) const override;
  ImportSource open(ImportJob& job) const override;

 private:
  struct RemoteImage;

  fetch::Uri address_of(const ImportRequest& request) const;
  RemoteImage look_at(const ImportJob& job, const fetch::Uri& address) const;

  fetch::Downloader& downloader_;
  keystone::Session* const session_;
};

}  // namespace vitrine::imports
