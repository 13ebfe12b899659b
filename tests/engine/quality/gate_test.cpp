#include "quality/gate.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace roundel {
namespace {

using D = GateDecision;
const std::vector<std::optional<double>> kEstimates{0.9, 0.2, std::nullopt, 0.7, 0.5, 0.4};

TEST(Gate, ThresholdsAreInclusiveAbove) {
  EXPECT_EQ(gate(kEstimates, {.accept = 0.7, .reject = 0.4}),
            (std::vector<D>{D::Accepted, D::Rejected, D::Review, D::Accepted, D::Review, D::Review}));
}

TEST(Gate, QuantilesGoByRank) {
  // Five known: 0.2 0.4 0.5 0.7 0.9. A fifth is rejected, three fifths are not accepted.
  EXPECT_EQ(gate(kEstimates, {.rule = GateRule::Quantile, .accept = 0.6, .reject = 0.2}),
            (std::vector<D>{D::Accepted, D::Rejected, D::Review, D::Accepted, D::Review, D::Review}));
  EXPECT_EQ(gate(std::vector<std::optional<double>>(4, 0.5), {.rule = GateRule::Quantile, .accept = 0.5, .reject = 0.2}),
            std::vector<D>(4, D::Accepted))
      << "equal estimates share their fate";
  EXPECT_EQ(gate(kEstimates, {.rule = GateRule::Quantile, .accept = 1, .reject = 1})[0], D::Rejected);
}

TEST(Gate, EverythingAcceptsEverything) { EXPECT_EQ(gate(kEstimates, {.rule = GateRule::Everything}), std::vector<D>(6, D::Accepted)); }

TEST(Gate, BoundsThatMakeNoSenseAreRefused) {
  EXPECT_THROW(gate(kEstimates, {.accept = 0.3, .reject = 0.5}), Error);
  EXPECT_THROW(gate(kEstimates, {.accept = 1.5}), Error);
  EXPECT_THROW(gateDecisionFromString("maybe"), Error);
  EXPECT_EQ(gateDecisionFromString("review"), D::Review);
}

TEST(Gate, SettingsComeFromTheirParameters) {
  const auto settings = gateSettings(resolveParams(gateParams(), {{"gate", "quantile"}, {"accept", 0.3}, {"reject", 0.1}}));
  EXPECT_EQ(settings.rule, GateRule::Quantile);
  EXPECT_EQ(settings.accept, 0.3);
}

}  // namespace
}  // namespace roundel
