#pragma once
#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

// HDF5 files as others write them, and as nobody should.

namespace roundel::test {

using Sides = std::vector<hsize_t>;

template <class Value>
hid_t typeOfValue() {
  if constexpr (std::is_same_v<Value, float>) return H5T_NATIVE_FLOAT;
  else if constexpr (std::is_same_v<Value, std::int64_t>) return H5T_NATIVE_INT64;
  else return H5T_NATIVE_UINT8;
}

inline hid_t newFile(const std::filesystem::path& path) { return H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT); }

inline hid_t newSet(hid_t file, const std::string& name, hid_t type, const Sides& sides, hid_t plist = H5P_DEFAULT) {
  const hid_t space = H5Screate_simple(static_cast<int>(sides.size()), sides.data(), nullptr);
  const hid_t set = H5Dcreate2(file, name.c_str(), type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
  H5Sclose(space);
  return set;
}

/// Sides in the order of the array, the last one fastest.
template <class Value>
void writeArray(const std::filesystem::path& path, const std::string& name, const Sides& sides, const std::vector<Value>& values) {
  const hid_t file = newFile(path), set = newSet(file, name, typeOfValue<Value>(), sides);
  H5Dwrite(set, typeOfValue<Value>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  H5Dclose(set);
  H5Fclose(file);
}

/// numpy's bool: an enumeration of two names over a byte.
inline void writeBooleans(const std::filesystem::path& path, const std::string& name, const Sides& sides,
                          const std::vector<std::int8_t>& values) {
  const hid_t type = H5Tenum_create(H5T_NATIVE_INT8);
  const std::int8_t no = 0, yes = 1;
  H5Tenum_insert(type, "FALSE", &no);
  H5Tenum_insert(type, "TRUE", &yes);
  const hid_t file = newFile(path), set = newSet(file, name, type, sides);
  H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  H5Dclose(set);
  H5Tclose(type);
  H5Fclose(file);
}

inline void writeExternalLink(const std::filesystem::path& path, const std::string& name, const std::string& to) {
  const hid_t file = newFile(path);
  H5Lcreate_external(to.c_str(), "/image", file, name.c_str(), H5P_DEFAULT, H5P_DEFAULT);
  H5Fclose(file);
}

inline void writeSoftLink(const std::filesystem::path& path, const std::string& name) {
  const hid_t file = newFile(path);
  H5Lcreate_soft("/elsewhere", file, name.c_str(), H5P_DEFAULT, H5P_DEFAULT);
  H5Fclose(file);
}

inline void writeExternalStorage(const std::filesystem::path& path, const std::string& name, const std::string& raw, const Sides& sides) {
  const hid_t plist = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_external(plist, raw.c_str(), 0, H5F_UNLIMITED);
  const hid_t file = newFile(path), set = newSet(file, name, H5T_NATIVE_FLOAT, sides, plist);
  H5Dclose(set);
  H5Pclose(plist);
  H5Fclose(file);
}

inline void writeVirtual(const std::filesystem::path& path, const std::string& name, const std::string& source, const Sides& sides) {
  const hid_t space = H5Screate_simple(static_cast<int>(sides.size()), sides.data(), nullptr);
  const hid_t plist = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_virtual(plist, space, source.c_str(), "/image", space);
  const hid_t file = newFile(path), set = newSet(file, name, H5T_NATIVE_FLOAT, sides, plist);
  H5Dclose(set);
  H5Pclose(plist);
  H5Sclose(space);
  H5Fclose(file);
}

inline void writeNeverWritten(const std::filesystem::path& path, const std::string& name, const Sides& sides) {
  const hid_t file = newFile(path), set = newSet(file, name, H5T_NATIVE_FLOAT, sides);
  H5Dclose(set);
  H5Fclose(file);
}

/// One chunk at the start is written, the rest of the array never.
inline void writeSparse(const std::filesystem::path& path, const std::string& name, const Sides& sides, const Sides& chunk) {
  const hid_t plist = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(plist, static_cast<int>(chunk.size()), chunk.data());
  const hid_t file = newFile(path), set = newSet(file, name, H5T_NATIVE_UINT8, sides, plist);
  std::size_t count = 1;
  for (const hsize_t side : chunk) count *= static_cast<std::size_t>(side);
  const std::vector<std::uint8_t> values(count, 1);
  const hid_t space = H5Dget_space(set), memory = H5Screate_simple(static_cast<int>(chunk.size()), chunk.data(), nullptr);
  const Sides start(sides.size(), 0);
  H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, chunk.data(), nullptr);
  H5Dwrite(set, H5T_NATIVE_UINT8, memory, space, H5P_DEFAULT, values.data());
  H5Sclose(space);
  H5Sclose(memory);
  H5Dclose(set);
  H5Pclose(plist);
  H5Fclose(file);
}

}  // namespace roundel::test
