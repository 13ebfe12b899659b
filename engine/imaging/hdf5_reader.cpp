#include "imaging/hdf5_reader.h"

#include <algorithm>
#include <array>
#include <limits>

#include "core/error.h"
#include "core/files.h"
#include "imaging/dicom_facts.h"
#include "imaging/hdf5_handle.h"
#include "imaging/raw_volume.h"

namespace roundel {
namespace {

constexpr std::size_t kLargestText = 1 << 16;
constexpr std::uint64_t kLargestSlab = std::uint64_t{64} << 20;

/// Which side of the array is which axis.
enum class Axes { Yx, Xyz, Zyx };

/// How the library is used here: silent, without plug-ins, without caches that keep memory.
void settleLibrary() {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  H5PLset_loading_state(0);
  H5set_free_list_limits(0, 0, 0, 0, 0, 0);
}

/// The array that is asked for, before its values are read.
struct Hdf5Array {
  Hdf5Handle file, dataset;
  std::string name;  ///< of the data set
  std::string type;  ///< word of numpy of what is read; "int64" and "uint64" are narrowed
  std::vector<hsize_t> sides;
  Axes axes = Axes::Yx;
  Geometry geometry;
  bool oriented = false;
  bool holdsLabels = false;
  std::vector<Warning> warnings;
};

/// Whether the root holds the name as a plain link; links that leave the file are refused.
bool holds(const SourceFile& file, hid_t id, const char* name) {
  if (H5Lexists(id, name, H5P_DEFAULT) <= 0) return false;
  H5L_info_t info{};
  if (H5Lget_info(id, name, &info, H5P_DEFAULT) < 0) file.refuse("its HDF5 structure is damaged");
  if (info.type != H5L_TYPE_HARD) file.refuse(std::string("its `") + name + "` is a link to elsewhere, which is not followed");
  return true;
}

std::string typeOf(const SourceFile& file, hid_t dataset) {
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
  if (!type) file.refuse("the type of its numbers is damaged");
  const H5T_class_t kind = H5Tget_class(type.get());
  const std::size_t bytes = H5Tget_size(type.get());
  if (kind == H5T_FLOAT && bytes <= 8) return bytes > 4 ? "float64" : "float32";
  bool isSigned = false;
  if (kind == H5T_ENUM) {  // numpy's booleans
    const Hdf5Handle base(H5Tget_super(type.get()), H5Tclose);
    if (!base || H5Tget_class(base.get()) != H5T_INTEGER || bytes > 1) file.refuse("its numbers are of a type that cannot be read");
    return "int8";
  }
  if (kind != H5T_INTEGER || (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8))
    file.refuse("its numbers are of a type that cannot be read; integers and floats can");
  isSigned = H5Tget_sign(type.get()) == H5T_SGN_2;
  return (isSigned ? "int" : "uint") + std::to_string(8 * bytes);
}

hid_t memoryType(const std::string& type) {
  if (type == "uint8") return H5T_NATIVE_UINT8;
  if (type == "int8") return H5T_NATIVE_INT8;
  if (type == "uint16") return H5T_NATIVE_UINT16;
  if (type == "int16") return H5T_NATIVE_INT16;
  if (type == "uint32") return H5T_NATIVE_UINT32;
  if (type == "int32") return H5T_NATIVE_INT32;
  if (type == "uint64") return H5T_NATIVE_UINT64;
  if (type == "int64") return H5T_NATIVE_INT64;
  return type == "float64" ? H5T_NATIVE_DOUBLE : H5T_NATIVE_FLOAT;
}

std::vector<hsize_t> sidesOf(const SourceFile& file, hid_t dataset) {
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  if (!space || H5Sis_simple(space.get()) <= 0 || H5Sget_simple_extent_type(space.get()) != H5S_SIMPLE)
    file.refuse("its numbers are no array");
  const int rank = H5Sget_simple_extent_ndims(space.get());
  if (rank != 2 && rank != 3)
    file.refuse("its array has " + std::to_string(rank) + " dimensions; 2 (a picture) and 3 (a volume) can be read",
                rank == 4 ? "Write every channel or time point as a file of its own." : "");
  std::vector<hsize_t> sides(static_cast<std::size_t>(rank));
  if (H5Sget_simple_extent_dims(space.get(), sides.data(), nullptr) != rank) file.refuse("the size of its array is damaged");
  return sides;
}

/// Whether fewer chunks are in the file than the array has.
bool chunksMissing(hid_t dataset, hid_t plist) {
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  const int rank = H5Sget_simple_extent_ndims(space.get());
  if (rank < 1 || rank > 3) return false;
  std::array<hsize_t, 3> sides{1, 1, 1}, chunk{1, 1, 1};
  H5Sget_simple_extent_dims(space.get(), sides.data(), nullptr);
  if (H5Pget_chunk(plist, rank, chunk.data()) != rank) return false;
  hsize_t wanted = 1, there = 0;
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(rank); ++axis) {
    const hsize_t along = sides[axis] / std::max<hsize_t>(chunk[axis], 1) + (sides[axis] % std::max<hsize_t>(chunk[axis], 1) != 0 ? 1 : 0);
    if (along == 0 || wanted > (hsize_t{1} << 40) / along) return false;
    wanted *= along;
  }
  return H5Dget_num_chunks(dataset, space.get(), &there) >= 0 && there < wanted;
}

/// Refuses what would make the library open other files or other code.
void requirePlainStorage(const SourceFile& file, hid_t dataset, std::vector<Warning>& warnings) {
  const Hdf5Handle plist(H5Dget_create_plist(dataset), H5Pclose);
  if (!plist) file.refuse("its HDF5 structure is damaged");
  const H5D_layout_t layout = H5Pget_layout(plist.get());
  if (layout != H5D_COMPACT && layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED)
    file.refuse("it gathers its numbers from other files, which are not opened");
  if (H5Pget_external_count(plist.get()) != 0) file.refuse("it keeps its numbers in another file, which is not opened");
  const int filters = layout == H5D_CHUNKED ? H5Pget_nfilters(plist.get()) : 0;
  for (int index = 0; index < filters; ++index) {
    std::array<char, 64> name{};
    unsigned flags = 0, config = 0;
    std::size_t count = 0;
    const H5Z_filter_t filter =
        H5Pget_filter2(plist.get(), static_cast<unsigned>(index), &flags, &count, nullptr, name.size() - 1, name.data(), &config);
    if (filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_SHUFFLE || filter == H5Z_FILTER_FLETCHER32) continue;
    const std::string shown = sanitisedUtf8(name.data());
    file.refuse("its numbers are packed with the filter " + (shown.empty() ? std::to_string(filter) : shown) + ", which cannot be read",
                "Write it again with gzip or without compression.");
  }
  H5D_space_status_t status = H5D_SPACE_STATUS_ERROR;
  if (H5Dget_space_status(dataset, &status) < 0 || status == H5D_SPACE_STATUS_NOT_ALLOCATED) file.refuse("its numbers were never written");
  // The library calls every packed array partly allocated: packed chunks are smaller. Their number tells.
  if (layout == H5D_CHUNKED && chunksMissing(dataset, plist.get()))
    warnings.push_back({.code = "part-written", .caseName = {}, .message = "Parts of the array were never written; they count as 0."});
}

/// A text attribute of the data set; empty where there is none.
std::string attributeText(hid_t dataset, const char* name) {
  if (H5Aexists(dataset, name) <= 0) return {};
  const Hdf5Handle attribute(H5Aopen(dataset, name, H5P_DEFAULT), H5Aclose);
  if (!attribute) return {};
  const Hdf5Handle type(H5Aget_type(attribute.get()), H5Tclose), space(H5Aget_space(attribute.get()), H5Sclose);
  if (!type || !space || H5Tget_class(type.get()) != H5T_STRING || H5Sget_simple_extent_npoints(space.get()) != 1) return {};
  const std::size_t bytes = H5Tget_size(type.get());
  // Texts of variable length are read by nobody here: their place in the file is one more thing to be lied about.
  if (H5Tis_variable_str(type.get()) != 0 || bytes == 0 || bytes > kLargestText) return {};
  std::string text(bytes, '\0');
  if (H5Aread(attribute.get(), type.get(), text.data()) < 0) return {};
  return sanitisedUtf8(text.substr(0, text.find('\0')));
}

Size sizeOf(const std::vector<hsize_t>& sides, Axes axes) {
  const auto side = [&](std::size_t index) { return static_cast<std::int64_t>(std::min<hsize_t>(sides[index], hsize_t{1} << 40)); };
  if (axes == Axes::Yx) return {side(1), side(0), 1};
  return axes == Axes::Xyz ? Size{side(0), side(1), side(2)} : Size{side(2), side(1), side(0)};
}

Axes axesOf(hid_t dataset, const std::vector<hsize_t>& sides) {
  if (sides.size() == 2) return Axes::Yx;
  const std::string said = attributeText(dataset, "axes");
  if (said == "xyz") return Axes::Xyz;
  if (said == "zyx") return Axes::Zyx;
  return sides[0] < sides[1] && sides[0] < sides[2] ? Axes::Zyx : Axes::Xyz;
}

void readGeometry(Hdf5Array& array) {
  const Size size = sizeOf(array.sides, array.axes);
  const std::string text = attributeText(array.dataset.get(), "geometry");
  array.geometry.size = size;
  if (text.empty()) return;
  try {
    const Json json = Json::parse(text);
    Geometry geometry = geometryFromJson(json.at("grid"));
    if (!(geometry.size == size)) return;
    for (const double spacing : geometry.spacingMm)
      if (!(spacing > 0) || spacing > 1e6) throw Error(ErrorKind::BadInput, "bad-geometry", "");
    array.geometry = geometry;
    array.oriented = json.value("oriented", false);
  } catch (const std::exception&) {
    array.warnings.push_back(
        {.code = "bad-geometry", .caseName = {}, .message = "The attribute `geometry` is damaged; lengths are in pixels."});
  }
}

/// Opens everything and checks links, type, storage and size; nothing large is allocated.
Hdf5Array openArray(const SourceFile& file, PaletteUse use) {
  settleLibrary();
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_file_locking(access.get(), false, true);
  H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG);
  Hdf5Handle opened(H5Fopen(file.path().c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose);
  if (!opened) file.refuse("its HDF5 structure is damaged", "The file is damaged or incomplete; copy it again from where it came.");
  const bool hasLabels = holds(file, opened.get(), "label"), hasImage = holds(file, opened.get(), "image");
  const bool wantsLabels = use == PaletteUse::Indices;
  if (wantsLabels && !hasLabels)
    throw Error(ErrorKind::BadInput, "no-labels", displayPath(file.path().filename()) + " holds no labels (no data set `label`).",
                {.path = displayPath(file.path())});
  if (!wantsLabels && !hasImage)
    file.refuse("it is an HDF5 file without a data set `image` at its root",
                "The literature's files hold `image` and `label`; other HDF5 files (MATLAB's ...) cannot be read.");
  const char* name = wantsLabels ? "label" : "image";
  Hdf5Handle dataset(H5Dopen2(opened.get(), name, H5P_DEFAULT), H5Dclose);
  if (!dataset) file.refuse(std::string("its `") + name + "` is damaged or no array");
  Hdf5Array array{.file = std::move(opened), .dataset = std::move(dataset), .name = name, .holdsLabels = hasLabels};
  array.type = typeOf(file, array.dataset.get());
  array.sides = sidesOf(file, array.dataset.get());
  requirePlainStorage(file, array.dataset.get(), array.warnings);
  array.axes = axesOf(array.dataset.get(), array.sides);
  readGeometry(array);
  return array;
}

/// Reads `count` planes of the first side from `begin` on, as they lie in the file.
void readPlanes(const SourceFile& file, const Hdf5Array& array, hid_t type, hsize_t begin, hsize_t count, void* out) {
  const Hdf5Handle space(H5Dget_space(array.dataset.get()), H5Sclose);
  std::vector<hsize_t> start(array.sides.size(), 0), extent = array.sides;
  start[0] = begin;
  extent[0] = count;
  const Hdf5Handle memory(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), H5Sclose);
  if (H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, extent.data(), nullptr) < 0 ||
      H5Dread(array.dataset.get(), type, memory.get(), space.get(), H5P_DEFAULT, out) < 0)
    file.refuse("its numbers are damaged or incomplete", "Copy it again from where it came.");
}

/// How many planes of the first side are read at once: whole chunks, so that none is unpacked twice, of about 64 MB.
hsize_t planesAtOnce(const Hdf5Array& array, std::uint64_t planeBytes) {
  const Hdf5Handle plist(H5Dget_create_plist(array.dataset.get()), H5Pclose);
  hsize_t chunk = 1;
  if (H5Pget_layout(plist.get()) == H5D_CHUNKED) {
    std::vector<hsize_t> chunks(array.sides.size(), 1);
    if (H5Pget_chunk(plist.get(), static_cast<int>(chunks.size()), chunks.data()) == static_cast<int>(chunks.size())) chunk = chunks[0];
  }
  chunk = std::clamp<hsize_t>(chunk, 1, array.sides[0]);
  const hsize_t more = std::max<hsize_t>(kLargestSlab / std::max<std::uint64_t>(planeBytes * chunk, 1), 1);
  return std::min(array.sides[0], chunk * more);
}

/// The values in this program's order. A volume whose slices come last is turned while it is read, slab by slab.
template <class Value>
std::vector<Value> valuesOf(const SourceFile& file, const Hdf5Array& array, hid_t type) {
  const Size size = sizeOf(array.sides, array.axes);
  std::vector<Value> values(static_cast<std::size_t>(size.count()));
  if (array.axes != Axes::Xyz) {
    readPlanes(file, array, type, 0, array.sides[0], values.data());
    return values;
  }
  const auto sx = static_cast<std::size_t>(size.x), sy = static_cast<std::size_t>(size.y), sz = static_cast<std::size_t>(size.z);
  const hsize_t step = planesAtOnce(array, sy * sz * sizeof(Value));
  std::vector<Value> slab(static_cast<std::size_t>(step) * sy * sz);
  for (hsize_t begin = 0; begin < array.sides[0]; begin += step) {
    const hsize_t count = std::min(step, array.sides[0] - begin);
    readPlanes(file, array, type, begin, count, slab.data());
    for (std::size_t z = 0; z < sz; ++z)
      for (std::size_t y = 0; y < sy; ++y)
        for (std::size_t x = 0; x < count; ++x)
          values[(z * sy + y) * sx + static_cast<std::size_t>(begin) + x] = slab[(x * sy + y) * sz + z];
  }
  return values;
}

template <class Wide, class Narrow>
PixelValues narrowed(const SourceFile& file, const std::vector<Wide>& wide) {
  std::vector<Narrow> values(wide.size());
  for (std::size_t index = 0; index < wide.size(); ++index) {
    if (wide[index] > static_cast<Wide>(std::numeric_limits<Narrow>::max()) ||
        wide[index] < static_cast<Wide>(std::numeric_limits<Narrow>::min()))
      file.refuse("it holds 64-bit numbers that do not fit 32 bits");
    values[index] = static_cast<Narrow>(wide[index]);
  }
  return values;
}

PixelValues readValues(const SourceFile& file, const Hdf5Array& array) {
  const hid_t type = memoryType(array.type);
  if (array.type == "uint8") return valuesOf<std::uint8_t>(file, array, type);
  if (array.type == "int8") return valuesOf<std::int8_t>(file, array, type);
  if (array.type == "uint16") return valuesOf<std::uint16_t>(file, array, type);
  if (array.type == "int16") return valuesOf<std::int16_t>(file, array, type);
  if (array.type == "uint32") return valuesOf<std::uint32_t>(file, array, type);
  if (array.type == "int32") return valuesOf<std::int32_t>(file, array, type);
  if (array.type == "uint64") return narrowed<std::uint64_t, std::uint32_t>(file, valuesOf<std::uint64_t>(file, array, type));
  if (array.type == "int64") return narrowed<std::int64_t, std::int32_t>(file, valuesOf<std::int64_t>(file, array, type));
  if (array.type == "float64") return valuesOf<double>(file, array, type);
  return valuesOf<float>(file, array, type);
}

std::string axesWord(Axes axes) { return axes == Axes::Yx ? "yx" : axes == Axes::Xyz ? "xyz" : "zyx"; }

}  // namespace

bool looksLikeHdf5(ByteView bytes) {
  static constexpr std::array<std::uint8_t, 8> kSignature{0x89, 'H', 'D', 'F', '\r', '\n', 0x1A, '\n'};
  // The signature stands at 0, 512, 1024, 2048 ...: files of MATLAB begin with a text.
  for (std::size_t at = 0; at + 8 <= bytes.size() && at <= 4096; at = at == 0 ? 512 : 2 * at)
    if (std::equal(kSignature.begin(), kSignature.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at))) return true;
  return false;
}

DecodedImage readHdf5(const SourceFile& file, const DecodeContext& context) {
  Hdf5Array array = openArray(file, context.palette);
  std::vector<std::int64_t> sides;
  for (const hsize_t side : array.sides) sides.push_back(static_cast<std::int64_t>(std::min<hsize_t>(side, hsize_t{1} << 40)));
  requirePlausible(file, context, sides, typeBytes(array.type), kDeflateExpansion);
  DecodedImage decoded{.format = "hdf5", .warnings = std::move(array.warnings)};
  decoded.image.values = readValues(file, array);
  decoded.image.geometry = array.geometry;
  const std::size_t bytes = typeBytes(array.type);
  decoded.image.bitsStored = static_cast<int>(8 * (isFloat(decoded.image.values) ? bytes : std::min<std::size_t>(bytes, 4)));
  decoded.image.source = {{"format", "hdf5"},
                          {"data_set", array.name},
                          {"axes", axesWord(array.axes)},
                          {"oriented", array.oriented},
                          {"holds_labels", array.holdsLabels}};
  decoded.patient = patientOfFolder(context.salt, file.path());
  return decoded;
}

ImageProbe probeHdf5(const SourceFile& file, const DecodeContext& context) {
  const Hdf5Array array = openArray(file, context.palette);
  ImageProbe probe =
      probeOf("hdf5", {.size = array.geometry.size}, array.geometry, array.oriented, patientOfFolder(context.salt, file.path()));
  probe.holdsLabels = array.holdsLabels;
  return probe;
}

}  // namespace roundel
