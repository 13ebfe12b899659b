#pragma once
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "weights/pickle_graph.h"

namespace roundel {

/// Where in a checkpoint's outermost value the weights lie, and what is there.
struct FoundWeights {
  std::string nesting;  ///< keys on the way, joined by dots; "" for none
  std::vector<std::pair<std::string, pickle::Id>> tensors;
  std::vector<std::string> others;  ///< names of values beside them that are no tensors, the first hundred
};

/// Finds the dictionary of tensors: in a wrapper with a usual name (model_state_dict, state_dict, model_state, model, parameters ...),
/// else here, else in the only dictionary that holds tensors. Where several do and none has a usual name, they are the
/// parts of one network, and their names are put before those of their tensors.
/// Throws Error(BadInput, "bad-weights") that names `file` where the outermost value is no dictionary, where there are more tensors than
/// any network has, or where one name comes twice.
FoundWeights findWeights(const pickle::Graph& graph, const std::filesystem::path& file);

}  // namespace roundel
