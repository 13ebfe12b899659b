#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/registry.h"
#include "exchange/study.h"

namespace roundel {

/// What a class of the class list is in an annotated case that holds no object of it.
enum class MissingClass {
  Absent,       ///< whoever annotated the case would have drawn it
  NotAnnotated  ///< nobody looked for it
};

/// A data set to read, as the person named it.
struct ImportRequest {
  std::filesystem::path source;                      ///< a file or a folder
  std::optional<std::filesystem::path> images = {};  ///< where the images lie, if not beside the source
  std::optional<std::filesystem::path> labels = {};  ///< where the labels lie, if not beside the images
  LabelSet classes = {};                             ///< the study's classes, for formats that name none; empty: unknown
  MissingClass missing = MissingClass::Absent;
};

/// Reads one kind of data set. Files that cannot be used are refused one by one, in the study's warnings.
class ImportFormat {
 public:
  virtual ~ImportFormat() = default;
  /// Whether the source is of this kind, by its content. Cheap; throws nothing.
  virtual bool recognises(const ImportRequest& request) const = 0;
  /// Throws Error(BadInput, ...) where nothing of the source can be used, Cancelled where the job is stopped.
  virtual ImportedStudy read(const ImportRequest& request, ImageAccess& images, Job& job) const = 0;
};

/// Writes a study as one kind of data set into an empty folder.
class ExportFormat {
 public:
  virtual ~ExportFormat() = default;
  virtual ExportReport write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const = 0;
};

/// The lists: builtin_formats.cpp. Import formats stand in the order in which `auto` asks them.
const Registry<ImportFormat>& importFormats();
const Registry<ExportFormat>& exportFormats();

/// The name of the first format that recognises the source. Throws Error(BadInput, "unknown-format" | "empty-folder").
std::string recognisedFormat(const ImportRequest& request);

}  // namespace roundel
