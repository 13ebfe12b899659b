#pragma once
#include <filesystem>
#include <string>

#include "core/image.h"
#include "exchange/study.h"

namespace roundel {

/// The values of a volume in the smallest type that holds them exactly: 16-bit integers where they are whole (MR, Hounsfield units), else
/// 32-bit floats.
PixelValues exactValues(const Image& image);

/// How a data set that holds pictures and label maps writes them: PNG for pictures, NIfTI (.nii.gz) where any case is a volume.
class PictureFiles {
 public:
  /// Looks at the size of every case.
  explicit PictureFiles(const ExportSource& source);

  bool volumes() const { return m_volumes; }
  std::string ending() const { return m_volumes ? ".nii.gz" : ".png"; }
  /// `stem`: path without the ending. Both give the file that was written.
  std::filesystem::path writePicture(const std::filesystem::path& stem, const Image& image) const;
  std::filesystem::path writeLabels(const std::filesystem::path& stem, const Geometry& geometry, const PixelValues& values) const;

 private:
  bool m_volumes = false;
};

}  // namespace roundel
