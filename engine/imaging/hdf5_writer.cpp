#include "imaging/hdf5_writer.h"

#include <algorithm>
#include <vector>

#include "core/error.h"
#include "core/files.h"
#include "imaging/decoded_image.h"
#include "imaging/hdf5_handle.h"

namespace roundel {
namespace {

constexpr int kLevel = 4;

[[noreturn]] void failed(const std::filesystem::path& path) {
  throw Error(ErrorKind::Resource, "out-of-memory", "The file " + displayPath(path.filename()) + " could not be put together.",
              {.path = displayPath(path), .remedy = "Close other programs, or export fewer cases."});
}

hid_t fileType(const PixelValues& values) {
  const hid_t kTypes[] = {H5T_STD_U8LE,  H5T_STD_I8LE,  H5T_STD_U16LE,  H5T_STD_I16LE,
                          H5T_STD_U32LE, H5T_STD_I32LE, H5T_IEEE_F32LE, H5T_IEEE_F64LE};
  return kTypes[values.index()];
}

/// (x, y, z) with z fastest, as the literature's arrays lie.
PixelValues turned(const PixelValues& values, const Size& size) {
  return std::visit(
      [&](const auto& typed) -> PixelValues {
        std::decay_t<decltype(typed)> out(typed.size());
        const auto sx = static_cast<std::size_t>(size.x), sy = static_cast<std::size_t>(size.y), sz = static_cast<std::size_t>(size.z);
        for (std::size_t x = 0; x < sx; ++x)
          for (std::size_t y = 0; y < sy; ++y)
            for (std::size_t z = 0; z < sz; ++z) out[(x * sy + y) * sz + z] = typed[(z * sy + y) * sx + x];
        return out;
      },
      values);
}

bool writeText(hid_t dataset, const char* name, const std::string& text) {
  const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose), space(H5Screate(H5S_SCALAR), H5Sclose);
  H5Tset_size(type.get(), text.size() + 1);
  H5Tset_cset(type.get(), H5T_CSET_UTF8);
  const Hdf5Handle attribute(H5Acreate2(dataset, name, type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  return attribute && H5Awrite(attribute.get(), type.get(), text.c_str()) >= 0;
}

bool writeArray(hid_t file, const char* name, const PixelValues& values, const Geometry& geometry, bool oriented) {
  const Size& size = geometry.size;
  const bool volume = size.z > 1;
  std::vector<hsize_t> sides{static_cast<hsize_t>(size.y), static_cast<hsize_t>(size.x)}, chunk = sides;
  if (volume) {
    sides = {static_cast<hsize_t>(size.x), static_cast<hsize_t>(size.y), static_cast<hsize_t>(size.z)};
    // A few planes of x, about a megabyte: small enough for everybody's chunk cache.
    const auto plane = static_cast<hsize_t>(size.y * size.z) * (valueBytes(values).size() / std::max<std::size_t>(valueCount(values), 1));
    chunk = sides;
    chunk[0] = std::clamp<hsize_t>((hsize_t{1} << 20) / std::max<hsize_t>(plane, 1), 1, sides[0]);
  }
  const Hdf5Handle space(H5Screate_simple(static_cast<int>(sides.size()), sides.data(), nullptr), H5Sclose);
  const Hdf5Handle plist(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_obj_track_times(plist.get(), false);
  H5Pset_chunk(plist.get(), static_cast<int>(chunk.size()), chunk.data());
  H5Pset_shuffle(plist.get());
  H5Pset_deflate(plist.get(), kLevel);
  const hid_t type = fileType(values);
  const Hdf5Handle dataset(H5Dcreate2(file, name, type, space.get(), H5P_DEFAULT, plist.get(), H5P_DEFAULT), H5Dclose);
  if (!dataset) return false;
  const PixelValues turnedValues = volume ? turned(values, size) : PixelValues();
  const auto bytes = valueBytes(volume ? turnedValues : values);
  const Json grid{{"grid", toJson(geometry)}, {"oriented", oriented}};
  return H5Dwrite(dataset.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) >= 0 &&
         writeText(dataset.get(), "axes", volume ? "xyz" : "yx") && writeText(dataset.get(), "geometry", grid.dump());
}

}  // namespace

void writeHdf5(const std::filesystem::path& path, const Hdf5Volume& volume) {
  const auto count = static_cast<std::size_t>(volume.geometry.size.count());
  if (count == 0 || valueCount(volume.image) != count || (volume.label && valueCount(*volume.label) != count))
    throw Error(ErrorKind::Defect, "bad-image", "An image could not be written: its values do not fit its size.");
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  // In memory first: the library cannot write to a file that another name becomes.
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fapl_core(access.get(), std::size_t{4} << 20, false);
  const Hdf5Handle file(H5Fcreate("roundel.h5", H5F_ACC_TRUNC, H5P_DEFAULT, access.get()), H5Fclose);
  if (!file || !writeArray(file.get(), "image", volume.image, volume.geometry, volume.oriented)) failed(path);
  if (volume.label && !writeArray(file.get(), "label", *volume.label, volume.geometry, volume.oriented)) failed(path);
  if (H5Fflush(file.get(), H5F_SCOPE_GLOBAL) < 0) failed(path);
  const ssize_t bytes = H5Fget_file_image(file.get(), nullptr, 0);
  if (bytes <= 0) failed(path);
  std::string image(static_cast<std::size_t>(bytes), '\0');
  if (H5Fget_file_image(file.get(), image.data(), image.size()) != bytes) failed(path);
  writeFileAtomically(path, image);
}

}  // namespace roundel
