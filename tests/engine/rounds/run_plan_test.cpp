#include "rounds/run_plan.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace roundel {
namespace {

RunPlan somePlan() {
  RunPlan plan{.id = "r0001",
               .strategy = "sam-carries-the-burden",
               .preset = "quick",
               .rounds = 2,
               .seed = 7,
               .generalists = {"graph-cut"},
               .control = true,
               .runParams = {{"size", 256}},
               .trainParams = {{"steps", 10}},
               .classes = paletteClasses("carpal"),
               .width = 256,
               .height = 128};
  plan.cases.push_back({.name = "a",
                        .part = SplitPart::Labelled,
                        .imagePath = "/images/a.png",
                        .pixelPipeline = Json::object(),
                        .size = {512, 256, 1},
                        .annotationHash = "00"});
  plan.cases.push_back({.name = "b",
                        .part = SplitPart::Test,
                        .imagePath = "/images/\xff\xfe.png",
                        .pixelPipeline = Json::object(),
                        .size = {512, 256, 1},
                        .annotationHash = std::nullopt});
  return plan;
}

TEST(RunPlan, SurvivesItsDocumentWithPathsThatAreNoText) {
  const RunPlan plan = somePlan();
  const RunPlan again = runPlanFromJson(Json::parse(toJson(plan).dump()));
  EXPECT_EQ(again.cases[1].imagePath, plan.cases[1].imagePath);
  EXPECT_EQ(again.cases[0].annotationHash, plan.cases[0].annotationHash);
  EXPECT_EQ(planHash(again), planHash(plan));
}

TEST(RunPlan, ItsHashLeavesTheIdOutAndNothingElse) {
  RunPlan plan = somePlan();
  const std::string hash = planHash(plan);
  plan.id = "r0002";
  EXPECT_EQ(planHash(plan), hash);
  plan.seed = 8;
  EXPECT_NE(planHash(plan), hash);
}

TEST(WorkingSize, KeepsTheAspectInMultiplesOf16) {
  EXPECT_EQ(workingSize({{512, 512, 1}}, 256), (Size{256, 256, 1}));
  EXPECT_EQ(workingSize({{3000, 1500, 1}, {2800, 1400, 1}, {100, 900, 1}}, 256), (Size{256, 128, 1}));
  EXPECT_EQ(workingSize({{600, 1000, 1}}, 384), (Size{224, 384, 1}));
  EXPECT_EQ(workingSize({{4000, 10, 1}}, 256), (Size{256, 32, 1}));
}

}  // namespace
}  // namespace roundel
