#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/json.h"
#include "weights/mapped_file.h"

namespace roundel {

/// A tensor as it lies in a safetensors file: little-endian, row-major.
/// `dtype` is the file's word ("F32", "BF16", "I64", "U8", "BOOL" ...). The bytes need not be aligned: copy, do not cast.
struct TensorView {
  std::string dtype;
  std::vector<std::int64_t> shape;
  std::span<const std::byte> bytes;

  /// Product of the shape; 1 for a scalar.
  std::int64_t elementCount() const;
};

/// Bytes of one element, or 0 for a word that the format does not know.
std::size_t bytesOfDtype(const std::string& dtype);

/// A safetensors file, mapped into memory: opening reads the header alone, tensors are paged in when touched.
///
/// Everything the header claims is checked before anything is allocated: length, UTF-8, JSON (depth, double keys), dtype,
/// shape times dtype = bytes, offsets inside the file, no overlap, no hole, nothing left over. What passes is safe to read.
class SafetensorsFile {
 public:
  /// Throws Error(BadInput, "unreadable-file") where the file cannot be opened and Error(BadInput, "bad-weights") with the
  /// file's name and the reason where it is not a sound safetensors file.
  static SafetensorsFile open(const std::filesystem::path& path);
  static SafetensorsFile open(const MappedFile& mapped);

  const std::map<std::string, TensorView>& tensors() const { return m_tensors; }
  /// The header's "__metadata__": an object of texts; empty where there is none.
  const Json& metadata() const { return m_metadata; }
  const std::filesystem::path& path() const { return m_path; }
  /// Keeps the tensors' bytes alive.
  const std::shared_ptr<const void>& mapping() const { return m_mapping; }

  bool has(const std::string& name) const { return m_tensors.contains(name); }
  /// Throws Error(BadInput, "bad-weights") that names the missing tensor and the file.
  const TensorView& tensor(const std::string& name) const;
  /// The values of an F32 tensor. Throws as above on another dtype.
  std::vector<float> floats(const std::string& name) const;
  /// The values of an I64 tensor. Throws as above on another dtype.
  std::vector<std::int64_t> integers(const std::string& name) const;

 private:
  SafetensorsFile() = default;

  std::filesystem::path m_path;
  std::shared_ptr<const void> m_mapping;
  std::map<std::string, TensorView> m_tensors;
  Json m_metadata = Json::object();
};

/// A tensor to be written. The bytes belong to the caller and live until the file is written.
struct NamedTensor {
  std::string name;
  TensorView tensor;
};

/// Writes the whole file or nothing (a temporary file beside it, synced, renamed over it). Tensors lie sorted by element size
/// (largest first) and then by name, so that each is aligned and equal content gives equal bytes. `metadata` is an object;
/// values that are no texts are stored as JSON text, because the format knows texts alone.
/// Throws Error(Resource, "disk-full" | "not-writable"), Error(Locked, "not-writable") with the path, and Error(Defect) on a
/// tensor whose bytes do not fit its shape or a doubled name.
void writeSafetensors(const std::filesystem::path& path, std::vector<NamedTensor> tensors, const Json& metadata = Json::object());

/// SHA-256 over the tensors' bytes in the order of their names: the identity of weights, whatever file they lie in.
std::string contentSha256(std::vector<NamedTensor> tensors);

}  // namespace roundel
