#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/geometry.h"
#include "raster/pixel_pipeline.h"
#include "raster/stored_image.h"

namespace roundel {

/// An image made ready for the screen: a code of 16 bits a pixel, and the pixel pipeline from code to grey.
///
/// Grey comes from applyPixelPipeline() alone, applied to the list of all codes, so that what is seen is what generalist and trainer get.
/// Up to 16 bits a code is the stored value; wider values (32-bit integers, fractions, colours' luminance) are spread over the codes, for
/// the screen only: valueAt() stays exact. A smaller copy lies beside for every halving, so that a large radiograph shown small is
/// averaged.
class Picture {
 public:
  struct Level {
    std::int64_t width = 0, height = 0;
    std::vector<std::uint16_t> codes;
  };

  /// `settings` are the case's. Throws Error(BadInput, "bad-image" | "bad-pixel-pipeline"). Slow: not for the thread of the window.
  Picture(StoredImage image, const PixelPipelineSettings& settings);

  const Geometry& geometry() const { return m_geometry; }
  const Size& size() const { return m_geometry.size; }
  bool isVolume() const { return size().z > 1; }
  const std::vector<Level>& levels() const { return m_levels; }  ///< the first is the image itself, with all slices; volumes have no other
  std::size_t bytes() const;

  /// What the file says of itself: modality, laterality, windows, LUTs ... Its values are gone.
  const StoredImage& facts() const { return m_facts; }
  /// Shown at first: the case's settings with every choice made.
  const PixelPipelineSettings& settings() const { return m_settings; }
  /// Value of the modality (Hounsfield units ...), luminance for colours. NaN: padding.
  double valueAt(std::int64_t x, std::int64_t y, std::int64_t z) const;
  bool isColour() const { return m_facts.channels == 3; }

  /// A line through the values that shows about what `settings` show; the start of a drag of window and level.
  VoiWindow windowOf(const PixelPipelineSettings& settings) const;
  /// Between two percentiles of the pixels that are no padding.
  VoiWindow percentileWindow(double low, double high) const;
  /// Grey 0..255 for every code.
  std::vector<std::uint8_t> greyTable(const PixelPipelineSettings& settings) const;

 private:
  template <class Values>
  void takeCodes(Values values);
  void spread(std::vector<float> values);
  void halve();

  StoredImage m_facts;
  StoredImage m_ramp;  ///< one pixel a code: what greyTable() sends through the pipeline
  Geometry m_geometry;
  PixelPipelineSettings m_settings;
  std::vector<Level> m_levels;
  std::vector<std::int64_t> m_histogram;                ///< pixels a code
  std::optional<std::pair<double, double>> m_possible;  ///< least and largest value of the stored bits; none for fractions
  std::vector<float> m_exact;                           ///< values where codes are coarser
  std::vector<double> m_codeValues;                     ///< value of the modality a code; NaN: padding
};

using PicturePointer = std::shared_ptr<const Picture>;

}  // namespace roundel
