#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "access/policy_credentials.h"
#include "access/policy_target.h"

namespace vitrine::access {

/// What a rule asks a policy server: `body` is to be sent to `url` with POST.
struct RemoteQuestion {
  std::string url;
  std::string content_type;
  std::string body;
};

/// Asks a policy server and returns the body of its answer, whatever the status. Blocks; called by many
/// threads at once. Throws Error if there is no answer.
using AskRemote = std::function<std::string(const RemoteQuestion& question)>;

/// How a question is written.
enum class RemoteFormat { form, json };

/// `rule` is the name of the rule that was asked for, not of the one in which the server is named.
RemoteQuestion remote_question(std::string url, RemoteFormat format, std::string_view rule,
                               const Credentials& credentials, const PolicyTarget& target);

/// Whether an answer is a permission: `True`, in quotes or without.
bool is_permission(std::string_view answer);

}  // namespace vitrine::access
