#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/weights/zip_builder.h"

/// Writes pickles as torch.save does (protocol 2), piece by piece; each function gives the instructions that leave one value on the
/// stack.
namespace roundel::test::pickled {

inline const std::string kEmptyDict = "}";
/// Sets an object's state, which is empty.
inline const std::string kEmptyState = "}b";

inline std::string text(const std::string& value) { return "X" + littleEndian(static_cast<std::uint32_t>(value.size())) + value; }
inline std::string integer(std::int64_t value) { return std::string("\x8a\x08", 2) + littleEndian(value); }  // LONG1
inline std::string global(const std::string& module, const std::string& name) { return "c" + module + "\n" + name + "\n"; }

inline std::string tuple(const std::vector<std::string>& items) {
  std::string out = "(";
  for (const auto& item : items) out += item;
  return out + "t";
}
inline std::string integers(const std::vector<std::int64_t>& values) {
  std::vector<std::string> items;
  for (const auto value : values) items.push_back(integer(value));
  return tuple(items);
}
inline std::string call(const std::string& callable, const std::vector<std::string>& arguments) {
  return callable + tuple(arguments) + "R";
}

using Entries = std::vector<std::pair<std::string, std::string>>;  ///< key, instructions of the value

inline std::string filled(const Entries& entries) {
  std::string out = "(";
  for (const auto& [key, value] : entries) out += text(key) + value;
  return out + "u";
}
inline std::string dict(const Entries& entries) { return "}" + filled(entries); }
inline std::string orderedDict(const Entries& entries) { return global("collections", "OrderedDict") + ")R" + filled(entries); }

/// A storage and a view on it, as torch._utils._rebuild_tensor_v2 gets them.
struct Tensor {
  std::string storageType = "FloatStorage";
  std::string key = "0";
  std::int64_t elements = 12;
  std::int64_t offset = 0;
  std::vector<std::int64_t> shape = {3, 4};
  std::vector<std::int64_t> strides = {4, 1};
};
inline std::string storage(const Tensor& tensor) {
  return tuple({text("storage"), global("torch", tensor.storageType), text(tensor.key), text("cpu"), integer(tensor.elements)}) + "Q";
}
inline std::string tensor(const Tensor& tensor) {
  return call(global("torch._utils", "_rebuild_tensor_v2"),
              {storage(tensor), integer(tensor.offset), integers(tensor.shape), integers(tensor.strides), "\x89",
               global("collections", "OrderedDict") + ")R"});
}

/// The whole pickle around one value.
inline std::string whole(const std::string& value) { return "\x80\x02" + value + "."; }

}  // namespace roundel::test::pickled

namespace roundel::test {

/// The numbers 1 to `count` as float32.
inline std::string floatBytes(int count) {
  std::string bytes;
  for (int i = 1; i <= count; ++i) bytes += littleEndian(static_cast<float>(i));
  return bytes;
}

/// A file as torch.save writes it: data.pkl, byteorder, storages, version.
inline ZipBuilder torchArchive(const std::string& value, const std::vector<std::pair<std::string, std::string>>& storages,
                               const ZipBuilder::Member& member = {}) {
  ZipBuilder zip;
  zip.add("archive/data.pkl", pickled::whole(value), member).add("archive/byteorder", "little", member);
  for (const auto& [key, bytes] : storages) zip.add("archive/data/" + key, bytes, member);
  return zip.add("archive/version", "3\n", member);
}

}  // namespace roundel::test
