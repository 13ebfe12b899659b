#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace roundel {

/// A tensor as it lies in a file of weights: little-endian, with strides, perhaps sharing its bytes with another one.
///
/// The readers have checked that every element lies inside `bytes`, that elements can be counted and that no stride is negative.
/// The bytes need not be aligned: copy, do not cast.
struct StridedTensor {
  std::string dtype;                  ///< safetensors' words: F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL ...
  std::vector<std::int64_t> shape;    ///< slowest first; empty for a single number
  std::vector<std::int64_t> strides;  ///< in elements; 0 repeats
  std::span<const std::byte> bytes;   ///< from the first element to the end of the last one that the strides reach

  /// Product of the shape; 1 for a single number.
  std::int64_t elementCount() const;
  /// Whether the elements lie one after the other, slowest dimension first, without a gap.
  bool isRowMajor() const;
};

/// The strides of a row-major tensor, in elements.
std::vector<std::int64_t> rowMajorStrides(const std::vector<std::int64_t>& shape);

/// Whether every element is a finite number; true for whole numbers. Infinities and NaN are looked for in F64, F32, F16, BF16 and
/// both F8.
bool allFinite(const StridedTensor& tensor);

/// "3 x 4", or "a single number".
std::string shapeText(const std::vector<std::int64_t>& shape);

}  // namespace roundel
