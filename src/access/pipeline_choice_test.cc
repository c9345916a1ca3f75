#include "access/pipeline_choice.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "access/options.h"

namespace vitrine::access {
namespace {

using config::Finding;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// The filters of the paste file that Glance ships.
constexpr std::string_view filters =
    "[filter:versionnegotiation]\n"
    "paste.filter_factory = glance.api.middleware.version_negotiation:VersionNegotiationFilter.factory\n"
    "[filter:cache]\npaste.filter_factory = glance.api.middleware.cache:CacheFilter.factory\n"
    "[filter:cachemanage]\npaste.filter_factory = "
    "glance.api.middleware.cache_manage:CacheManageFilter.factory\n"
    "[filter:context]\npaste.filter_factory = glance.api.middleware.context:ContextMiddleware.factory\n"
    "[filter:unauthenticated-context]\n"
    "paste.filter_factory = glance.api.middleware.context:UnauthenticatedContextMiddleware.factory\n"
    "[filter:authtoken]\npaste.filter_factory = keystonemiddleware.auth_token:filter_factory\n"
    "delay_auth_decision = true\n"
    "[filter:osprofiler]\npaste.filter_factory = osprofiler.web:WsgiMiddleware.factory\n"
    "[filter:cors]\nuse =  egg:oslo.middleware#cors\noslo_config_project = glance\n"
    "[filter:http_proxy_to_wsgi]\npaste.filter_factory = oslo_middleware:HTTPProxyToWSGI.factory\n"
    "[filter:mine]\npaste.filter_factory = mine:factory\n";

class Pipelines : public testing::Test {
 protected:
  Pipelines() { std::filesystem::create_directories(directory_); }
  ~Pipelines() override { std::filesystem::remove_all(directory_); }

  void write(const std::string& name, std::string_view text) const {
    std::ofstream(directory_ / name) << text;
  }

  /// The choice by a paste file whose default pipeline has these filters.
  PipelineChoice choice_of(std::string_view names, std::string_view more = "") const {
    write("pipelines-paste.ini",
          fmt::format("[pipeline:glance-api]\npipeline = {} rootapp\n{}{}", names, filters, more));
    return choose("[DEFAULT]\n");
  }

  PipelineChoice choose(std::string_view config_text) const {
    // Named so that no paste file of the machine belongs to it.
    write("pipelines.conf", config_text);
    const config::Config config({.sources = {{config::Source::Kind::file, directory_ / "pipelines.conf"}}},
                                options());
    return choose_pipeline(config);
  }

  static std::vector<std::string> messages(const PipelineChoice& choice, Finding::Severity severity) {
    std::vector<std::string> messages;
    for (const Finding& finding : choice.findings) {
      if (finding.severity == severity) messages.push_back(to_string(finding));
    }
    return messages;
  }
  static std::vector<std::string> errors(const PipelineChoice& choice) {
    return messages(choice, Finding::Severity::error);
  }
  static std::vector<std::string> warnings(const PipelineChoice& choice) {
    return messages(choice, Finding::Severity::warning);
  }

  std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / fmt::format("vitrine-pipelines-{}", ::getpid());
};

TEST_F(Pipelines, TheOneWithoutAFlavorAsksNobodyWhoHeIs) {
  const PipelineChoice choice = choose("[DEFAULT]\n");

  EXPECT_EQ(choice.identity, Identity::nobody);
  EXPECT_THAT(choice.findings, IsEmpty());
}

TEST_F(Pipelines, AFlavorSaysWhoSaysWhoIsCalling) {
  EXPECT_EQ(choose("[paste_deploy]\nflavor = keystone\n").identity, Identity::keystone);
  EXPECT_EQ(choose("[paste_deploy]\nflavor = keystone\n").delays_decision, true);
  EXPECT_EQ(choose("[paste_deploy]\nflavor = trusted-auth\n").identity, Identity::request_headers);
}

TEST_F(Pipelines, CachesAreAcceptedWithAWord) {
  for (const char* flavor : {"caching", "cachemanagement"}) {
    const PipelineChoice choice = choose(fmt::format("[paste_deploy]\nflavor = {}\n", flavor));
    EXPECT_EQ(choice.identity, Identity::nobody);
    EXPECT_THAT(errors(choice), IsEmpty());
    EXPECT_THAT(warnings(choice), ElementsAre(HasSubstr("cache")));
  }
  EXPECT_EQ(choose("[paste_deploy]\nflavor = trusted-auth+cachemanagement\n").identity,
            Identity::request_headers);
  const PipelineChoice choice = choice_of("unauthenticated-context cache cachemanage");
  EXPECT_THAT(errors(choice), IsEmpty());
  EXPECT_THAT(warnings(choice), ElementsAre(HasSubstr("cache")));
}

TEST_F(Pipelines, AnUnknownFlavorIsRefused) {
  EXPECT_THAT(errors(choose("[paste_deploy]\nflavor = kestone\n")), ElementsAre(HasSubstr("'kestone'")));
}

TEST_F(Pipelines, APasteFileOverrulesWhatIsBuiltIn) {
  EXPECT_EQ(choice_of("cors http_proxy_to_wsgi versionnegotiation osprofiler context").identity,
            Identity::request_headers);
  EXPECT_EQ(choice_of("cors versionnegotiation osprofiler unauthenticated-context").identity,
            Identity::nobody);
  const PipelineChoice keystone = choice_of("cors versionnegotiation authtoken context");
  EXPECT_EQ(keystone.identity, Identity::keystone);
  EXPECT_EQ(keystone.delays_decision, true);
}

TEST_F(Pipelines, WhatAFilterIsCalledDoesNotMatter) {
  const std::string_view renamed =
      "[filter:who]\npaste.filter_factory = glance.api.middleware.context:ContextMiddleware.factory\n";

  EXPECT_EQ(choice_of("who", renamed).identity, Identity::request_headers);
}

TEST_F(Pipelines, TheInnermostFilterThatSaysWhoIsCallingCounts) {
  EXPECT_EQ(choice_of("unauthenticated-context context").identity, Identity::request_headers);
}

TEST_F(Pipelines, TokensThatNobodyLooksAtAreRefused) {
  EXPECT_THAT(errors(choice_of("authtoken unauthenticated-context")), ElementsAre(HasSubstr("tokens")));
  EXPECT_THAT(errors(choice_of("context authtoken")), ElementsAre(HasSubstr("tokens")));
}

TEST_F(Pipelines, AFilterThatMightBeTheGuardIsRefused) {
  EXPECT_THAT(errors(choice_of("mine unauthenticated-context")), ElementsAre(HasSubstr("'mine'")));
  EXPECT_THAT(errors(choice_of("mine context")), ElementsAre(HasSubstr("'mine'")));
}

TEST_F(Pipelines, BehindKeystoneAnUnknownFilterIsWorthAWarning) {
  EXPECT_THAT(warnings(choice_of("mine authtoken context")), ElementsAre(HasSubstr("'mine'")));
}

TEST_F(Pipelines, AFilterWithoutASectionIsRefused) {
  EXPECT_THAT(errors(choice_of("nowhere context")), ElementsAre(HasSubstr("[filter:nowhere]")));
}

TEST_F(Pipelines, OptionsOfTheTokenFilterBelongIntoTheConfiguration) {
  const std::string_view more =
      "[filter:strict]\npaste.filter_factory = keystonemiddleware.auth_token:filter_factory\n"
      "service_token_roles_required = true\n";

  EXPECT_THAT(errors(choice_of("strict context", more)), Contains(HasSubstr("service_token_roles_required")));
}

TEST_F(Pipelines, ThatDoNotSayWhoIsCallingAreRefused) {
  EXPECT_THAT(errors(choice_of("cors")), ElementsAre(HasSubstr("who is calling")));
}

TEST_F(Pipelines, APasteFileThatIsNamedButMissingIsRefused) {
  EXPECT_THAT(errors(choose("[paste_deploy]\nconfig_file = /nowhere/paste.ini\n")),
              ElementsAre(HasSubstr("/nowhere/paste.ini")));
}

TEST_F(Pipelines, APasteFileWithoutThePipelineIsRefused) {
  choice_of("context");
  EXPECT_THAT(errors(choose("[paste_deploy]\nflavor = keystone\n")),
              ElementsAre(HasSubstr("'glance-api-keystone'")));
}

TEST_F(Pipelines, APasteFileThatIsNoIniIsRefusedByItsLine) {
  write("pipelines-paste.ini", "[pipeline:glance-api]\nnonsense\n");

  EXPECT_THAT(errors(choose("[DEFAULT]\n")), ElementsAre(HasSubstr("pipelines-paste.ini:2")));
}

}  // namespace
}  // namespace vitrine::access
