#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/json.h"
#include "imaging/source_file.h"

namespace roundel {

/// The DICOM objects that a volume was read from, for objects that are derived from it (a segmentation): whose they are and which.
///
/// This is the only place where a patient's name leaves a file, and it goes nowhere but into the derived object, which belongs to the same
/// patient and study. It is kept in no project, log, message or report.
struct DicomSource {
  struct Slice {
    std::string sopClass, sopInstance;
    int frame = 0;  ///< of a multi-frame object, from 1; 0: the object is one slice
    std::array<double, 3> position{0, 0, 0};
  };
  /// Values of the patient and study modules, byte for byte, by tag ("00100010"); with the Specific Character Set they are written in.
  std::map<std::string, std::string> identity;
  std::string seriesInstance;
  std::string frameOfReference;  ///< may be empty
  std::array<double, 6> orientation{1, 0, 0, 0, 1, 0};
  std::vector<Slice> slices;  ///< one a slice of the volume, in its order
};

/// The same as readImage of these paths would sort them. Throws Error(BadInput, "not-dicom") where they are no DICOM series, slice or
/// multi-frame volume that says where it lies, "unreadable-image" where one of them is damaged.
DicomSource readDicomSource(const std::vector<std::filesystem::path>& paths, const DecodeContext& context);

Json toJson(const DicomSource& source);
/// Throws Error(BadInput, "bad-document").
DicomSource dicomSourceFromJson(const Json& json);

}  // namespace roundel
