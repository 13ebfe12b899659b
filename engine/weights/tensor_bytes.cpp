#include "weights/tensor_bytes.h"

#include <cstring>

#include "core/error.h"
#include "core/files.h"

namespace roundel {
namespace {

torch::ScalarType scalarTypeOf(const std::string& dtype) {
  const auto type = dtype == "F32"    ? torch::kFloat
                    : dtype == "F16"  ? torch::kHalf
                    : dtype == "BF16" ? torch::kBFloat16
                    : dtype == "F64"  ? torch::kDouble
                    : dtype == "I64"  ? torch::kLong
                    : dtype == "I32"  ? torch::kInt
                    : dtype == "I16"  ? torch::kShort
                    : dtype == "I8"   ? torch::kChar
                    : dtype == "U8"   ? torch::kByte
                    : dtype == "BOOL" ? torch::kBool
                                      : torch::ScalarType::Undefined;
  if (type == torch::ScalarType::Undefined)
    throw Error(ErrorKind::BadInput, "bad-weights", "Tensors of type " + dtype + " cannot be read as weights.");
  return type;
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
                        : plain.scalar_type() == torch::kHalf ? "F16"
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
  torch::Tensor tensor = torch::empty(view.shape, scalarTypeOf(view.dtype));
  if (!view.bytes.empty()) std::memcpy(tensor.mutable_data_ptr(), view.bytes.data(), view.bytes.size());
  return tensor;
}

torch::Tensor viewOf(const StridedTensor& tensor, std::shared_ptr<const void> mapping) {
  const auto type = scalarTypeOf(tensor.dtype);
  if (tensor.elementCount() == 0) return torch::empty(tensor.shape, type);
  const auto address = reinterpret_cast<std::uintptr_t>(tensor.bytes.data());
  if (address % torch::elementSize(type) == 0 && type != torch::kBool)
    return torch::from_blob(
        const_cast<std::byte*>(tensor.bytes.data()), tensor.shape, tensor.strides, [held = std::move(mapping)](void*) {}, type);
  torch::Tensor bytes = torch::empty({static_cast<std::int64_t>(tensor.bytes.size())}, torch::kByte);
  std::memcpy(bytes.mutable_data_ptr(), tensor.bytes.data(), tensor.bytes.size());
  const torch::Tensor elements = type == torch::kBool ? bytes.ne(0) : bytes.view(type);
  return elements.as_strided(tensor.shape, tensor.strides);
}

void readInto(const SafetensorsFile& file, const std::string& prefix, const NamedTorchTensors& tensors) {
  const torch::NoGradGuard guard;
  for (const auto& [name, tensor] : tensors) {
    const torch::Tensor stored = fromFile(file.tensor(prefix + name));
    if (stored.sizes() != tensor.sizes())
      refuse(file, "tensor " + prefix + name + " is " + shapeText(stored.sizes().vec()) + " where " + shapeText(tensor.sizes().vec()) +
                       " is needed.");
    if (stored.is_floating_point() && !torch::isfinite(stored).all().item<bool>())
      refuse(file, "tensor " + prefix + name + " holds values that are no finite numbers.");
    torch::Tensor(tensor).copy_(stored);
  }
}

}  // namespace roundel
