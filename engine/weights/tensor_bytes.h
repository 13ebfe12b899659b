#pragma once
#include <torch/torch.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "weights/safetensors.h"
#include "weights/strided_tensor.h"

namespace roundel {

using NamedTorchTensors = std::vector<std::pair<std::string, torch::Tensor>>;

/// Tensors as they go into a file: contiguous copies on the processor (kept alive here) and views on their bytes.
struct TensorsForFile {
  std::vector<torch::Tensor> held;
  std::vector<NamedTensor> named;
};

/// float32, float16, int64 and uint8 tensors. Throws Error(Defect) on another type.
TensorsForFile forFile(const NamedTorchTensors& tensors);
/// A new tensor with the view's values, on the processor. F32, F16, BF16, F64, I64, U8, BOOL; throws Error(BadInput, "bad-weights") on
/// others.
torch::Tensor fromFile(const TensorView& view);
/// The tensor on the file's own memory, with its strides: no copy, and the mapping lives as long as the tensor. It is for reading
/// alone: the memory cannot be written. Only where the bytes are not aligned for their type (files that PyTorch did not write) or are
/// truth values (each has to be 0 or 1) is it a copy. F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL; throws Error(BadInput,
/// "bad-weights") on others.
torch::Tensor viewOf(const StridedTensor& tensor, std::shared_ptr<const void> mapping);
/// Copies the file's tensor `prefix + name` into each tensor. Throws Error(BadInput, "bad-weights") that names the key where it
/// is missing, has another shape (both are named) or holds values that are no finite numbers.
void readInto(const SafetensorsFile& file, const std::string& prefix, const NamedTorchTensors& tensors);

}  // namespace roundel
