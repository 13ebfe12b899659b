#pragma once
#include <torch/torch.h>

#include <string>
#include <utility>
#include <vector>

#include "weights/safetensors.h"

namespace roundel {

using NamedTorchTensors = std::vector<std::pair<std::string, torch::Tensor>>;

/// Tensors as they go into a file: contiguous copies on the processor (kept alive here) and views on their bytes.
struct TensorsForFile {
  std::vector<torch::Tensor> held;
  std::vector<NamedTensor> named;
};

/// float32, int64 and uint8 tensors. Throws Error(Defect) on another type.
TensorsForFile forFile(const NamedTorchTensors& tensors);
/// A new tensor with the view's values, on the processor. F32, F16, BF16, F64, I64, U8, BOOL; throws Error(BadInput, "bad-weights") on
/// others.
torch::Tensor fromFile(const TensorView& view);
/// Copies the file's tensor `prefix + name` into each tensor. Throws Error(BadInput, "bad-weights") that names the key where it
/// is missing, has another shape (both are named) or holds values that are no finite numbers.
void readInto(const SafetensorsFile& file, const std::string& prefix, const NamedTorchTensors& tensors);

}  // namespace roundel
