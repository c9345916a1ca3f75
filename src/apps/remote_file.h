#pragma once

#include <string>

#include "config/config.h"

namespace vitrine::apps {

/// The text of a configuration file that lies on a web server. Follows no redirect. Throws Error if the
/// server does not give it.
std::string fetch_remote_file(const config::RemoteFile& file);

}  // namespace vitrine::apps
