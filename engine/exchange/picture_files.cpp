#include "exchange/picture_files.h"

#include <algorithm>
#include <cmath>

#include "core/files.h"
#include "exchange/exported_picture.h"
#include "exchange/label_png.h"
#include "imaging/image_writer.h"

namespace roundel {
namespace {

std::filesystem::path withEnding(std::filesystem::path path, const std::string& ending) {
  path += ending;
  return path;
}

}  // namespace

PixelValues exactValues(const Image& image) {
  float low = 0, high = 0;
  const bool whole = std::all_of(image.values.begin(), image.values.end(), [&](float value) {
    low = std::min(low, value);
    high = std::max(high, value);
    return value == std::floor(value);  // false for NaN; infinities leave the range
  });
  if (whole && low >= -32768 && high <= 32767) return std::vector<std::int16_t>(image.values.begin(), image.values.end());
  if (whole && low >= 0 && high <= 65535) return std::vector<std::uint16_t>(image.values.begin(), image.values.end());
  return image.values;
}

PictureFiles::PictureFiles(const ExportSource& source) {
  for (std::size_t i = 0; i < source.count && !m_volumes; ++i) m_volumes = source.load(i).geometry.size.z > 1;
}

std::filesystem::path PictureFiles::writePicture(const std::filesystem::path& stem, const Image& image) const {
  const auto file = withEnding(stem, ending());
  if (m_volumes) writeNifti(file, image.geometry, exactValues(image));
  else writeFileAtomically(file, picturePng(image));
  return file;
}

std::filesystem::path PictureFiles::writeLabels(const std::filesystem::path& stem, const Geometry& geometry,
                                                const PixelValues& values) const {
  const auto file = withEnding(stem, ending());
  if (m_volumes) {
    writeNifti(file, geometry, values, NiftiIntent::Labels);
    return file;
  }
  LabelPixels pixels{.size = geometry.size, .values = {}};
  std::visit([&](const auto& typed) { pixels.values.assign(typed.begin(), typed.end()); }, values);
  writeFileAtomically(file, greyPng(pixels, std::holds_alternative<std::vector<std::uint8_t>>(values) ? 8 : 16));
  return file;
}

}  // namespace roundel
