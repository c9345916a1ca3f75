#include "access/paste_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::access {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

std::optional<PastePipeline> pipeline_in(std::string_view text, std::string_view application = "glance-api") {
  return find_pipeline(config::parse_ini(text), application);
}

auto named(std::string_view name) {
  return Field("name", &PasteFilter::name, name);
}

TEST(PasteFile, APipelineIsItsFiltersWithoutTheApplicationBehindThem) {
  const auto pipeline = pipeline_in("[pipeline:glance-api]\npipeline = cors context\n  cache rootapp\n");

  ASSERT_TRUE(pipeline);
  EXPECT_EQ(pipeline->line, 2);
  EXPECT_THAT(pipeline->filters, ElementsAre(named("cors"), named("context"), named("cache")));
}

TEST(PasteFile, ACompositeLeadsToWhatItHasAtTheRoot) {
  const auto pipeline = pipeline_in(
      "[composite:glance-api]\npaste.composite_factory = glance.api:root_app_factory\n/: api\n/healthcheck: "
      "healthcheck\n[pipeline:api]\npipeline = cors rootapp\n");

  ASSERT_TRUE(pipeline);
  EXPECT_THAT(pipeline->filters, ElementsAre(named("cors")));
}

TEST(PasteFile, CompositesThatLeadToEachOtherLeadNowhere) {
  EXPECT_FALSE(pipeline_in("[composite:glance-api]\n/: b\n[composite:b]\n/: glance-api\n"));
}

TEST(PasteFile, WhatIsNotThereIsNoPipeline) {
  EXPECT_FALSE(pipeline_in(""));
  EXPECT_FALSE(pipeline_in("[pipeline:glance-api]\npipeline = cors rootapp\n", "glance-api-keystone"));
  EXPECT_FALSE(pipeline_in("[pipeline:glance-api]\nname = value\n"));
}

TEST(PasteFile, AFilterHasAFactoryAndOptions) {
  const auto pipeline = pipeline_in(
      "[pipeline:glance-api]\npipeline = a b c rootapp\n"
      "[filter:a]\npaste.filter_factory = module:Filter.factory\noption = value\n"
      "[filter:b]\nuse = egg:oslo.middleware#cors\n");

  ASSERT_EQ(pipeline->filters.size(), 3u);
  const auto& [a, b, c] = std::tie(pipeline->filters[0], pipeline->filters[1], pipeline->filters[2]);
  EXPECT_EQ(a.factory, "module:Filter.factory");
  ASSERT_EQ(a.options.size(), 1u);
  EXPECT_EQ(a.options[0].key, "option");
  EXPECT_EQ(a.line, 3);
  EXPECT_EQ(b.factory, "oslo.middleware:cors");
  EXPECT_THAT(b.options, IsEmpty());
  EXPECT_EQ(c.factory, "");
  EXPECT_EQ(c.line, 0) << "there is no such section";
}

}  // namespace
}  // namespace vitrine::access
