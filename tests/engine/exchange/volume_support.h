#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "exchange/image_facts.h"
#include "exchange_support.h"
#include "imaging/image_reader.h"
#include "imaging/image_writer.h"

namespace roundel::testing {

/// Opens files in this process: for files that the test itself wrote, and for the shared ones.
class FileImages : public ImageAccess {
 public:
  ImageFacts probe(const std::filesystem::path& file) override {
    if (std::filesystem::is_directory(file)) return factsOf(readImage({file}, context()));
    const ImageProbe probe = probeImage(file, context());
    return probe.size.z > 1 && probe.modalityWord != "SEG" ? factsOf(readImage({file}, context())) : factsOf(probe);
  }
  ImageFacts probeSeries(const std::vector<std::filesystem::path>& slices) override { return factsOf(readImage(slices, context())); }
  StoredImage load(const std::filesystem::path& file) override {
    DecodeContext labels = context();
    labels.palette = PaletteUse::Indices;
    return readImage({file}, labels).image;
  }
  static DecodeContext context() { return {.limits = {}, .salt = ""}; }
};

inline ImportedStudy importVolumes(const std::string& format, const ImportRequest& request, const Json& params = Json::object()) {
  FileImages images;
  Job job;
  const auto& entry = importFormats().find(format);
  return importFormats().create(format, resolveParams(entry.params, params))->read(request, images, job);
}

/// An oblique grid with spacings that differ, so that no two axes can be exchanged unseen.
inline Geometry obliqueGrid(Size size) {
  return {.size = size,
          .spacingMm = {0.5, 0.75, 2.5},
          .spacingSource = SpacingSource::FileHeader,
          .originMm = {-12.5, 30.25, 7},
          .direction = {0.8, -0.6, 0, 0.6, 0.8, 0, 0, 0, 1}};
}

/// A volume of whole numbers that tell their place.
inline PixelValues ramp(Size size) {
  std::vector<std::int16_t> values(static_cast<std::size_t>(size.count()));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::int16_t>(i % 3000) - 500;
  return values;
}

/// A box of a class on a grid, half-open.
inline void paintBox(std::vector<std::uint8_t>& values, Size size, PixelBox box, std::uint8_t number) {
  for (std::int64_t z = box.z0; z < box.z1; ++z)
    for (std::int64_t y = box.y0; y < box.y1; ++y)
      for (std::int64_t x = box.x0; x < box.x1; ++x) values[static_cast<std::size_t>((z * size.y + y) * size.x + x)] = number;
}

}  // namespace roundel::testing
