#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weights/pickle_graph.h"

namespace roundel {

/// A tensor as a pickle of torch.save describes it: part of a storage, seen with strides. Its numbers are inside 64 bits, its ranks
/// agree; nothing is checked against the storage yet.
struct PyTorchTensor {
  std::string dtype;                 ///< safetensors' word: "F32"
  std::string_view storage;          ///< the storage's key: letters, digits, "-", "_"
  std::int64_t storageElements = 0;  ///< how many the pickle claims
  std::int64_t offset = 0;           ///< of the first element, in elements
  std::vector<std::int64_t> shape;   ///< at most 32 dimensions
  std::vector<std::int64_t> strides;
};

/// Whether the value is a tensor, sparse and quantised ones included. It may be wrapped as a parameter (torch._utils._rebuild_parameter).
bool isTensor(const pickle::Graph& graph, pickle::Id value);

/// The tensor that a value of `isTensor` describes; nothing where it is sparse, quantised, on no device or of a type that is not
/// read (complex). Throws Error(BadInput, "bad-weights") that names `file` and `name` where the description is impossible.
std::optional<PyTorchTensor> describeTensor(const pickle::Graph& graph, pickle::Id value, const std::filesystem::path& file,
                                            std::string_view name);

}  // namespace roundel
