#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "weights/state_dict.h"

namespace roundel {

/// A tensor that a network needs.
struct ExpectedTensor {
  std::string key;
  std::vector<std::int64_t> shape;
};

enum class NonFinite {
  Ignore,
  Find,  ///< reads every value of the expected tensors
};

/// How weights differ from what a network needs. Names are sorted.
struct StateDictComparison {
  struct WrongShape {
    std::string key;
    std::vector<std::int64_t> expected, found;
  };
  std::vector<std::string> missing;
  std::vector<std::string> unexpected;  ///< in the file, but not needed: a head for another task, an alias
  std::vector<WrongShape> wrongShapes;
  std::vector<std::string> nonFinite;  ///< expected tensors that hold infinities or NaN

  /// Whether the network can be filled: nothing is missing and every shape is right.
  bool fits() const { return missing.empty() && wrongShapes.empty(); }
};

StateDictComparison compare(const StateDict& weights, std::span<const ExpectedTensor> expected, NonFinite nonFinite = NonFinite::Find);

/// Throws Error(BadInput, "bad-weights") where the weights do not fit or hold values that are no finite numbers. The sentence names
/// the network, the first differing keys and their shapes (expected and found) and counts the rest. `network` is for people: "SAM
/// ViT-B".
void requireFit(const StateDict& weights, const StateDictComparison& comparison, const std::string& network);

}  // namespace roundel
