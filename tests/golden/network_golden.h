#pragma once
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include "core/files.h"
#include "golden/golden_case.h"
#include "nn/parameter_source.h"
#include "nn/trace.h"

/// What golden tests of the generalists' networks have in common: weights from the formula, inputs that a case describes, comparison.
namespace roundel::golden {

using torch::Tensor;

inline Tensor tensorOf(const std::vector<float>& values, const std::vector<std::int64_t>& shape) {
  return torch::tensor(values).view(shape);
}

/// Weights from the golden folder's formula.
class FormulaSource : public nn::ParameterSource {
 public:
  Tensor take(const nn::ParameterShape& wanted) override { return tensorOf(weight(wanted.key, wanted.shape), wanted.shape); }
};

/// An input of a case: as its formula says, or as stored. Undefined where the case has neither.
inline Tensor inputOf(const Case& test, const std::string& name) {
  const Json inputs = test.description.value("inputs", Json::object());
  if (inputs.contains(name)) {
    const Json& formula = inputs[name];
    const auto shape = formula["shape"].get<std::vector<std::int64_t>>();
    std::int64_t count = 1;
    for (const auto size : shape) count *= size;
    return tensorOf(input(formula["key"], count, formula["low"], formula["high"]), shape);
  }
  if (!test.file.has(name)) return {};
  const auto& shape = test.file.tensor(name).shape;
  if (test.file.tensor(name).dtype == "I64") return torch::tensor(test.file.integers(name)).view(shape);
  return tensorOf(test.file.floats(name), shape);
}

/// How far a network's tensor may be from the reference. `absolute` where single numbers are compared (IoU, scores).
struct Tolerance {
  double maxOverRms = 1e30;
  double relativeL2 = 1e30;
  double absolute = 1e30;
};

/// Compares a tensor that the case may hold. Returns whether it does. ROUNDEL_SHOW prints how far it is.
inline bool expectClose(const Case& test, const std::string& name, const Tensor& value, const Tolerance& allowed) {
  if (!holds(test.file, name)) return false;
  const Reference expected = reference(test.file, name);
  EXPECT_EQ(value.sizes().vec(), expected.shape) << test.name << " " << name;
  if (value.sizes().vec() != expected.shape) return true;
  const Tensor flat = value.detach().to(torch::kFloat).contiguous();
  const auto off = deviation(expected, flat.const_data_ptr<float>());
  if (std::getenv("ROUNDEL_SHOW") != nullptr)
    std::cout << test.name << " " << name << ": max/rms " << off.maxOverRms << ", L2 " << off.relativeL2 << ", absolute "
              << off.maxOverRms * expected.rms << "\n";
  EXPECT_LE(off.maxOverRms, allowed.maxOverRms) << test.name << " " << name;
  EXPECT_LE(off.relativeL2, allowed.relativeL2) << test.name << " " << name;
  EXPECT_LE(off.maxOverRms * expected.rms, allowed.absolute) << test.name << " " << name;
  return true;
}

/// A trace of the tensors below `prefix` ("enc.") that the case holds.
inline nn::Trace traceOf(const Case& test, const std::string& prefix) {
  return nn::Trace([&test, prefix](const std::string& name) { return holds(test.file, prefix + name); });
}

}  // namespace roundel::golden
