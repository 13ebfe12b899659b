#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "core/geometry.h"
#include "core/json.h"

namespace roundel {

/// One 2-D image or volume of a study, as the project remembers it. The pixels stay in the file.
struct Case {
  std::int64_t id = 0;                          ///< given by the project, from 1; 0: not yet in a project
  std::string name;                             ///< unique in its project; UTF-8, safe as a file's name (see safeCaseName)
  std::filesystem::path image;                  ///< the file (a folder for a DICOM series), absolute or relative to the project's folder;
                                                ///< kept byte for byte, also where the bytes are not UTF-8
  Geometry geometry;                            ///< of the image after the pixel pipeline's geometry steps; size is the annotation's size
  Json pixelPipeline = Json::object();          ///< the settings of PixelPipeline for this case
  std::string patient = {};                     ///< a key that tells patients apart (Project::patientKey), never a name; empty: not known,
                                                ///< the case then counts as a patient of its own
  std::optional<std::uint64_t> fileBytes = {};  ///< size of the file when it was added; filled in where it can be
  std::string contentHash = {};                 ///< SHA-256 of the file; empty: not recorded (hashing reads the whole file)
  Json facts = Json::object();  ///< what the file says of itself (modality, view, laterality ...); no names, no dates of birth
  bool excluded = false;        ///< kept, but in no split and no training
};

/// The text as a case's name: UTF-8, no path separators, control characters or leading dot, at most 120 bytes, never empty.
std::string safeCaseName(const std::string& text);

}  // namespace roundel
