#pragma once

#include <string>

#include "stores/drivers/swift/swift_account.h"

namespace vitrine::stores {

/// The body of POST /v3/auth/tokens with which the account logs in: for its project, or for a trust that it
/// was given. Holds secrets.
std::string swift_login_request(const SwiftAccount& account, const std::string& trust_id = {});

}  // namespace vitrine::stores
