#include "weights/tensor_bytes.h"

#include <cstring>

#include "core/error.h"
#include "core/files.h"

namespace roundel {
namespace {

std::string shapeText(c10::IntArrayRef shape) {
  std::string text;
  for (const auto size : shape) text += (text.empty() ? "" : " x ") + std::to_string(size);
  return text.empty() ? "a single number" : text;
}

[[noreturn]] void refuse(const SafetensorsFile& file, const std::string& message) {
  const std::string shown = displayPath(file.path());
  throw Error(ErrorKind::BadInput, "bad-weights", shown + ": " + message, {.path = shown});
}

}  // namespace

TensorsForFile forFile(const NamedTorchTensors& tensors) {
  TensorsForFile result;
  for (const auto& [name, tensor] : tensors) {
    const torch::Tensor plain = tensor.detach().to(torch::kCPU).contiguous();
    const char* dtype = plain.scalar_type() == torch::kFloat  ? "F32"
                        : plain.scalar_type() == torch::kLong ? "I64"
                        : plain.scalar_type() == torch::kByte ? "U8"
                                                              : nullptr;
    if (dtype == nullptr) throw Error(ErrorKind::Defect, "bad-tensor", "Tensor " + name + " has a type that is not written to files.");
    result.held.push_back(plain);
    result.named.push_back({name, {dtype, plain.sizes().vec(), {static_cast<const std::byte*>(plain.const_data_ptr()), plain.nbytes()}}});
  }
  return result;
}

torch::Tensor fromFile(const TensorView& view) {
  const auto type = view.dtype == "F32"    ? torch::kFloat
                    : view.dtype == "F16"  ? torch::kHalf
                    : view.dtype == "BF16" ? torch::kBFloat16
                    : view.dtype == "F64"  ? torch::kDouble
                    : view.dtype == "I64"  ? torch::kLong
                    : view.dtype == "U8"   ? torch::kByte
                    : view.dtype == "BOOL" ? torch::kBool
                                           : torch::ScalarType::Undefined;
  if (type == torch::ScalarType::Undefined)
    throw Error(ErrorKind::BadInput, "bad-weights", "Tensors of type " + view.dtype + " cannot be read as weights.");
  torch::Tensor tensor = torch::empty(view.shape, type);
  if (!view.bytes.empty()) std::memcpy(tensor.mutable_data_ptr(), view.bytes.data(), view.bytes.size());
  return tensor;
}

void readInto(const SafetensorsFile& file, const std::string& prefix, const NamedTorchTensors& tensors) {
  const torch::NoGradGuard guard;
  for (const auto& [name, tensor] : tensors) {
    const torch::Tensor stored = fromFile(file.tensor(prefix + name));
    if (stored.sizes() != tensor.sizes())
      refuse(file, "tensor " + prefix + name + " is " + shapeText(stored.sizes()) + " where " + shapeText(tensor.sizes()) + " is needed.");
    if (stored.is_floating_point() && !torch::isfinite(stored).all().item<bool>())
      refuse(file, "tensor " + prefix + name + " holds values that are no finite numbers.");
    torch::Tensor(tensor).copy_(stored);
  }
}

}  // namespace roundel
