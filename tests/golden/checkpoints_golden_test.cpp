// Every file of the golden folder "checkpoints" ends as its expected.json says: read with the right values, or refused with a
// sentence, without a large allocation and without anything having been run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <set>

#include "core/error.h"
#include "engine/weights/allocation_meter.h"
#include "golden/golden_case.h"
#include "weights/state_dict.h"
#include "weights/state_dict_comparison.h"

namespace roundel {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// What the folder expects, and the network that its files are of.
struct Expectations {
  Json files;
  std::vector<ExpectedTensor> network;
};

std::optional<Expectations> expectations() {
  const fs::path folder = golden::folder() / "checkpoints";
  if (!fs::exists(folder / "expected.json")) return {};
  Json document = readJson(folder / "expected.json");
  Expectations result{document["files"], {}};
  const Json shapes = readJson(folder / document["network"]["shapes"].get<std::string>());
  for (const auto& [key, shape] : shapes.items()) result.network.push_back({key, shape.get<std::vector<std::int64_t>>()});
  return result;
}

/// What became of a file: its weights and how they fit the network, or the sentence by which it was refused.
struct Outcome {
  std::optional<StateDict> weights;
  StateDictComparison comparison;
  std::string refusal;
  std::size_t peakBytes = 0;
};

Outcome readFile(const fs::path& path, const Expectations& expected, bool isControl) {
  Outcome outcome;
  const test::AllocationMeter meter;
  try {
    outcome.weights = readStateDict(path);
    if (!isControl) {
      outcome.comparison = compare(*outcome.weights, expected.network);
      requireFit(*outcome.weights, outcome.comparison, "the tiny SAM");
    }
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::BadInput);
    EXPECT_THAT(error.what(), HasSubstr(path.filename().string()));
    EXPECT_NE(error.details().remedy, "");
    outcome.refusal = std::string(error.what()) + " " + error.details().remedy;
  }
  outcome.peakBytes = meter.peakBytes();
  return outcome;
}

double fromHalf(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31, fraction = bits & 1023;
  const double size = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
  return (bits & 0x8000) != 0 ? -size : size;
}

template <class Bits>
Bits bitsAt(const std::byte* at) {
  Bits bits = 0;
  std::memcpy(&bits, at, sizeof bits);
  return bits;
}

/// All elements in row-major order.
std::vector<double> valuesOf(const StridedTensor& tensor) {
  const auto itemBytes = static_cast<std::int64_t>(bytesOfDtype(tensor.dtype));
  std::vector<double> values;
  for (std::int64_t flat = 0; flat < tensor.elementCount(); ++flat) {
    std::int64_t rest = flat, offset = 0;
    for (std::size_t d = tensor.shape.size(); d-- > 0; rest /= tensor.shape[d]) offset += rest % tensor.shape[d] * tensor.strides[d];
    const std::byte* at = tensor.bytes.data() + offset * itemBytes;
    if (tensor.dtype == "F32") values.push_back(std::bit_cast<float>(bitsAt<std::uint32_t>(at)));
    else if (tensor.dtype == "F64") values.push_back(std::bit_cast<double>(bitsAt<std::uint64_t>(at)));
    else if (tensor.dtype == "F16") values.push_back(fromHalf(bitsAt<std::uint16_t>(at)));
    else if (tensor.dtype == "BF16") values.push_back(std::bit_cast<float>(std::uint32_t{bitsAt<std::uint16_t>(at)} << 16));
    else ADD_FAILURE() << "type " << tensor.dtype;
  }
  return values;
}

/// Half the distance of neighbouring numbers of the type at that value: what rounding to nearest may cost.
double roundingOf(const std::string& dtype, double value) {
  const int digits = dtype == "F16" ? 11 : dtype == "BF16" ? 8 : 0;
  if (digits == 0) return 0;
  const int exponent = std::max(std::ilogb(value == 0 ? 1e-30 : value), dtype == "F16" ? -14 : -126);
  return std::ldexp(1.0, exponent - digits);
}

void expectFormula(const StateDict& weights, const Expectations& expected) {
  for (const auto& [key, shape] : expected.network) {
    const StridedTensor& tensor = weights.tensors.at(key);
    const auto values = valuesOf(tensor);
    const auto formula = golden::weight(key, shape);
    ASSERT_EQ(values.size(), formula.size()) << key;
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
      wrong += std::abs(values[i] - static_cast<double>(formula[i])) <= roundingOf(tensor.dtype, formula[i]) ? 0 : 1;
    EXPECT_EQ(wrong, 0u) << key;
  }
}

void expectControl(const StateDict& weights) {
  ASSERT_EQ(weights.tensors.size(), 1u);
  const StridedTensor& tensor = weights.tensors.at("w");
  EXPECT_EQ(tensor.shape, (std::vector<std::int64_t>{3, 4}));
  std::vector<double> values(12);
  std::iota(values.begin(), values.end(), 1.0);
  EXPECT_EQ(valuesOf(tensor), values);
}

void expectRead(const Outcome& outcome, const Json& rule, const Expectations& expected) {
  ASSERT_EQ(outcome.refusal, "");
  const StateDict& weights = *outcome.weights;
  EXPECT_EQ(weights.nesting, rule.value("nesting", ""));
  if (rule.value("control", false)) return expectControl(weights);
  EXPECT_EQ(weights.prefix, rule.value("prefix", ""));
  EXPECT_EQ(outcome.comparison.unexpected, rule.value("extra_keys", std::vector<std::string>()));
  EXPECT_TRUE(outcome.comparison.nonFinite.empty());
  std::set<std::string> dtypes;
  for (const auto& [name, tensor] : weights.tensors) dtypes.insert(tensor.dtype);
  const std::string dtype = rule.value("dtype", "mixed");
  if (dtype == "mixed") {
    EXPECT_GT(dtypes.size(), 1u);
  } else {
    EXPECT_THAT(dtypes, testing::ElementsAre(dtype == "float16"    ? "F16"
                                             : dtype == "bfloat16" ? "BF16"
                                             : dtype == "float64"  ? "F64"
                                                                   : "F32"));
  }
  expectFormula(weights, expected);
}

void expectRefused(const Outcome& outcome, const Json& rule, const Expectations& expected) {
  ASSERT_NE(outcome.refusal, "") << "was taken";
  // What is no network at all has to be refused by the reader, not for its keys.
  if (outcome.weights) {
    EXPECT_LT(outcome.comparison.missing.size(), expected.network.size() / 2) << outcome.refusal;
  }
  for (const auto& words : rule.value("message_mentions", std::vector<std::string>())) EXPECT_THAT(outcome.refusal, HasSubstr(words));
}

void judge(const std::string& accept, const Outcome& outcome, const Json& rule, const Expectations& expected) {
  const bool refused = !outcome.refusal.empty();
  if (accept == "yes") return expectRead(outcome, rule, expected);
  if (accept == "no") return expectRefused(outcome, rule, expected);
  if (accept == "warn_or_refuse" && refused) return expectRefused(outcome, rule, expected);
  if (accept == "warn_or_refuse") {
    EXPECT_EQ(outcome.comparison.nonFinite, rule.value("message_mentions", std::vector<std::string>()));
    return;
  }
  EXPECT_EQ(accept, "yes_or_refuse");
  if (!refused) expectRead(outcome, rule, expected);
}

TEST(CheckpointsGolden, EndAsExpected) {
  const auto expected = expectations();
  if (!expected) GTEST_SKIP() << "no golden checkpoints in " << golden::folder();
  int judged = 0;
  for (const auto& [name, rule] : expected->files.items()) {
    SCOPED_TRACE(name);
    const fs::path path = golden::folder() / "checkpoints" / name;
    const std::string accept = rule.at("accept");
    const Outcome outcome = readFile(path, *expected, rule.value("control", false));
    if (std::getenv("ROUNDEL_SHOW") != nullptr)
      std::cout << name << " (" << outcome.peakBytes << " bytes): " << (outcome.refusal.empty() ? "read" : outcome.refusal) << "\n";
    judge(accept, outcome, rule, *expected);
    EXPECT_LT(outcome.peakBytes, 8 * fs::file_size(path) + (1 << 20)) << "more memory than a file of that size is worth";
    if (rule.contains("must_not_exist_afterwards")) {
      EXPECT_FALSE(fs::exists(rule["must_not_exist_afterwards"].get<std::string>()));
    }
    ++judged;
  }
  EXPECT_GT(judged, 0);
}

}  // namespace
}  // namespace roundel
