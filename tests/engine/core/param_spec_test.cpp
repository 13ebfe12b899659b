#include "core/param_spec.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace roundel {
namespace {

const std::vector<ParamSpec> kSpecs{
    {.name = "steps", .type = ParamType::Integer, .defaultValue = 100, .minimum = 1},
    {.name = "learning-rate", .type = ParamType::Real, .defaultValue = 0.001, .minimum = 0},
    {.name = "mode", .type = ParamType::Choice, .defaultValue = "a", .choices = {"a", "b"}},
};

TEST(ParamSpec, FillsDefaultsAndKeepsWhatIsGiven) {
  const Params params = resolveParams(kSpecs, {{"steps", 5}});
  EXPECT_EQ(params["steps"], 5);
  EXPECT_EQ(params["mode"], "a");
}

TEST(ParamSpec, AnswersAnUnknownNameWithTheNearest) {
  try {
    resolveParams(kSpecs, {{"step", 5}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "unknown-parameter");
    EXPECT_EQ(error.details().remedy, "Did you mean steps?");
  }
}

TEST(ParamSpec, RefusesValuesOutOfRangeAndOfTheWrongType) {
  EXPECT_THROW(resolveParams(kSpecs, {{"steps", 0}}), Error);
  EXPECT_THROW(resolveParams(kSpecs, {{"steps", 1.5}}), Error);
  EXPECT_THROW(resolveParams(kSpecs, {{"mode", "c"}}), Error);
  EXPECT_THROW(parseParam(kSpecs[1], "0,5"), Error);
  EXPECT_EQ(parseParam(kSpecs[1], "0.5"), 0.5);
}

}  // namespace
}  // namespace roundel
