#include "weights/state_dict_comparison.h"

#include <algorithm>
#include <set>

#include "weights/refusal.h"

namespace roundel {
namespace {

constexpr std::size_t kMostNamed = 3;

/// "a, b, c and 12 more".
std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMostNamed); ++i) text += (i == 0 ? "" : ", ") + shownName(names[i]);
  if (names.size() > kMostNamed) text += " and " + std::to_string(names.size() - kMostNamed) + " more";
  return text;
}

}  // namespace

StateDictComparison compare(const StateDict& weights, std::span<const ExpectedTensor> expected, NonFinite nonFinite) {
  StateDictComparison result;
  std::set<std::string_view> wanted;
  for (const ExpectedTensor& one : expected) {
    wanted.insert(one.key);
    const auto found = weights.tensors.find(one.key);
    if (found == weights.tensors.end()) result.missing.push_back(one.key);
    else if (found->second.shape != one.shape) result.wrongShapes.push_back({one.key, one.shape, found->second.shape});
    else if (nonFinite == NonFinite::Find && !allFinite(found->second)) result.nonFinite.push_back(one.key);
  }
  for (const auto& [name, tensor] : weights.tensors)
    if (!wanted.contains(name)) result.unexpected.push_back(name);
  std::sort(result.missing.begin(), result.missing.end());
  std::sort(result.nonFinite.begin(), result.nonFinite.end());
  std::sort(result.wrongShapes.begin(), result.wrongShapes.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  return result;
}

void requireFit(const StateDict& weights, const StateDictComparison& comparison, const std::string& network) {
  constexpr const char* kOther = "Choose the weights that were published for this network, or the network that these weights are for.";
  const auto& [missing, unexpected, wrongShapes, nonFinite] = comparison;
  if (!missing.empty())
    refuseWeights(weights.path,
                  network + " needs tensors that it does not hold: " + listed(missing) +
                      (unexpected.empty() ? "" : "; it holds others that are not needed: " + listed(unexpected)),
                  kOther);
  if (!wrongShapes.empty()) {
    const auto& first = wrongShapes.front();
    refuseWeights(weights.path,
                  "tensor " + shownName(first.key) + " is " + shapeText(first.found) + " where " + network + " needs " +
                      shapeText(first.expected) +
                      (wrongShapes.size() == 1 ? "" : ", and " + std::to_string(wrongShapes.size() - 1) + " more differ"),
                  kOther);
  }
  if (!nonFinite.empty())
    refuseWeights(weights.path, "values that are no finite numbers are in " + listed(nonFinite) + ": the training that made it failed",
                  "Use another checkpoint of that training, or fetch the file again.");
}

}  // namespace roundel
