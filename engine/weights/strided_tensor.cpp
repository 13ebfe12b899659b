#include "weights/strided_tensor.h"

#include <cstring>

#include "weights/safetensors.h"

namespace roundel {
namespace {

/// Whether an element is finite, from its bits: infinities and NaN have every bit of the exponent set, but in F8_E4M3, which has no
/// infinity.
template <class Bits>
bool finite(const std::byte* at, Bits exponent) {
  Bits bits = 0;
  std::memcpy(&bits, at, sizeof bits);
  return (bits & exponent) != exponent;
}

template <class Bits>
bool finiteRow(const std::byte* at, std::int64_t count, std::int64_t stride, Bits exponent) {
  const std::int64_t step = stride * static_cast<std::int64_t>(sizeof(Bits));
  bool all = true;  // no early end: so the loop over a dense row becomes vector instructions
  if (stride == 1)
    for (std::int64_t i = 0; i < count; ++i) all &= finite(at + i * static_cast<std::int64_t>(sizeof(Bits)), exponent);
  else
    for (std::int64_t i = 0; i < count; ++i) all &= finite(at + i * step, exponent);
  return all;
}

template <class Bits>
bool finiteEverywhere(const StridedTensor& tensor, Bits exponent) {
  if (tensor.elementCount() == 0) return true;
  if (tensor.isRowMajor()) return finiteRow<Bits>(tensor.bytes.data(), tensor.elementCount(), 1, exponent);
  const std::size_t outer = tensor.shape.size() - 1;  // a single number is row-major
  std::vector<std::int64_t> index(outer, 0);
  std::int64_t offset = 0;
  while (true) {
    const std::byte* row = tensor.bytes.data() + offset * static_cast<std::int64_t>(sizeof(Bits));
    if (!finiteRow<Bits>(row, tensor.shape[outer], tensor.strides[outer], exponent)) return false;
    std::size_t d = outer;
    while (d > 0 && ++index[d - 1] == tensor.shape[d - 1]) {
      offset -= (tensor.shape[d - 1] - 1) * tensor.strides[d - 1];
      index[--d] = 0;
    }
    if (d == 0) return true;
    offset += tensor.strides[d - 1];
  }
}

}  // namespace

std::int64_t StridedTensor::elementCount() const {
  std::int64_t count = 1;
  for (const auto size : shape) count *= size;
  return count;
}

bool StridedTensor::isRowMajor() const {
  std::int64_t expected = 1;
  for (std::size_t d = shape.size(); d-- > 0;) {
    if (shape[d] != 1 && strides[d] != expected) return elementCount() == 0;
    expected *= shape[d];
  }
  return true;
}

std::vector<std::int64_t> rowMajorStrides(const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t d = shape.size(); d-- > 1;) strides[d - 1] = strides[d] * std::max<std::int64_t>(shape[d], 1);
  return strides;
}

bool allFinite(const StridedTensor& tensor) {
  if (tensor.dtype == "F32") return finiteEverywhere<std::uint32_t>(tensor, 0x7F800000u);
  if (tensor.dtype == "F16") return finiteEverywhere<std::uint16_t>(tensor, 0x7C00);
  if (tensor.dtype == "BF16") return finiteEverywhere<std::uint16_t>(tensor, 0x7F80);
  if (tensor.dtype == "F64") return finiteEverywhere<std::uint64_t>(tensor, 0x7FF0000000000000u);
  if (tensor.dtype == "F8_E5M2") return finiteEverywhere<std::uint8_t>(tensor, 0x7C);
  if (tensor.dtype == "F8_E4M3") return finiteEverywhere<std::uint8_t>(tensor, 0x7F);
  return true;
}

std::string shapeText(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const auto size : shape) text += (text.empty() ? "" : " x ") + std::to_string(size);
  return text.empty() ? "a single number" : text;
}

}  // namespace roundel
