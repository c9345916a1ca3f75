#include "apps/guard.h"

#include <iterator>

#include "access/keystone_identification.h"
#include "access/pipeline_choice.h"
#include "keystone/login.h"

namespace vitrine::apps {
namespace {

using config::Config;
using config::Finding;

Guard keystone_guard(const Config& config, std::optional<bool> delays_decision, const Clock& clock,
                     Metrics& metrics) {
  std::vector<Finding> reported;  // by check_guard
  Guard guard;
  guard.session = std::make_unique<keystone::Session>(keystone::authtoken_settings(config, reported), clock);
  guard.validator = std::make_unique<keystone::TokenValidator>(
      *guard.session, keystone::validator_settings(config), clock, metrics);
  guard.identification = std::make_unique<access::KeystoneIdentification>(
      *guard.validator, access::token_rules(config, delays_decision, reported));
  return guard;
}

}  // namespace

Guard make_guard(const Config& config, const Clock& clock, Metrics& metrics) {
  const access::PipelineChoice choice = access::choose_pipeline(config);
  Guard guard;
  switch (choice.identity) {
    case access::Identity::nobody:
      guard.identification = std::make_unique<access::NoIdentification>();
      break;
    case access::Identity::request_headers:
      guard.identification =
          std::make_unique<access::HeaderIdentification>(access::anonymous_callers(config));
      break;
    case access::Identity::keystone:
      guard = keystone_guard(config, choice.delays_decision, clock, metrics);
      break;
  }
  return guard;
}

std::vector<Finding> check_guard(const Config& config) {
  access::PipelineChoice choice = access::choose_pipeline(config);
  if (choice.identity == access::Identity::keystone) {
    keystone::authtoken_settings(config, choice.findings);
    access::token_rules(config, choice.delays_decision, choice.findings);
  }
  return std::move(choice.findings);
}

}  // namespace vitrine::apps
