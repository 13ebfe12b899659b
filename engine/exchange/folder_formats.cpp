#include "exchange/folder_formats.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/error.h"
#include "core/files.h"
#include "exchange/image_names.h"
#include "exchange/study_builder.h"

namespace roundel {
namespace {

/// Names a case after its file: a name of the data set's own is not there.
void addFile(StudyBuilder& builder, const std::filesystem::path& file) {
  if (auto one = builder.openFile(file, displayPath(file.filename()), {0, 0, 1})) builder.add(std::move(*one));
}

bool isSliceModality(const std::string& modality) { return modality == "CT" || modality == "MR" || modality == "PT"; }

}  // namespace

bool ImagesImport::recognises(const ImportRequest& request) const {
  std::error_code code;
  if (!std::filesystem::exists(request.source, code)) return false;
  const auto files = filesUnder(request.source);
  return std::any_of(files.begin(), files.end(), isImageName);
}

ImportedStudy ImagesImport::read(const ImportRequest& request, ImageAccess& images, Job& job) const {
  StudyBuilder builder(request, {request.source}, images);
  const auto files = filesUnder(request.source);
  std::set<std::filesystem::path> names;
  for (const auto& file : files) names.insert(file.parent_path() / imageStem(file));
  std::int64_t done = 0;
  for (const auto& file : files) {
    job.throwIfStopped();
    if (isImageName(file)) addFile(builder, file);
    const std::string stem = imageStem(file), other = withoutLabelEnding(stem);
    if (other != stem && names.contains(file.parent_path() / other))
      builder.count(
          "looks-like-labels",
          "A file looks like the labels of another by its name and was imported as an image; label files belong into a folder of their "
          "own, which --labels names");
    job.progress(++done, static_cast<std::int64_t>(files.size()), "looking at images");
  }
  return builder.finish();
}

bool DicomImport::recognises(const ImportRequest& request) const {
  std::error_code code;
  if (!std::filesystem::exists(request.source, code)) return false;
  for (const auto& file : filesUnder(request.source)) {
    if (beginsAsDicom(file)) return true;
    if (isImageName(file)) return false;
  }
  return false;
}

ImportedStudy DicomImport::read(const ImportRequest& request, ImageAccess& images, Job& job) const {
  StudyBuilder builder(request, {request.source}, images);
  std::map<std::filesystem::path, std::vector<std::filesystem::path>> folders;
  for (const auto& file : filesUnder(request.source))
    if (lowerExtension(file) == ".dcm" || lowerExtension(file) == ".ima" || beginsAsDicom(file))
      folders[file.parent_path()].push_back(file);
  std::int64_t done = 0;
  for (const auto& [folder, files] : folders) {
    job.throwIfStopped();
    std::map<std::string, std::vector<std::filesystem::path>> series;  // slices by their series
    std::vector<std::filesystem::path> single;
    for (const auto& file : files) {
      try {
        const ImageFacts facts = files.size() > 1 ? images.probe(file) : ImageFacts{};
        const bool slice = isSliceModality(facts.modality) && facts.geometry.size.z == 1;
        (slice ? series[facts.seriesKey] : single).push_back(file);
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::BadInput) throw;
        single.push_back(file);  // told when the file itself is opened
      }
    }
    if (series.size() == 1 && single.empty()) {
      addFile(builder, folder);
    } else {
      for (const auto& [key, slices] : series) {
        if (slices.size() == 1) single.push_back(slices.front());
        else
          builder.refuse(displayPath(folder.filename()), "several-series",
                         displayPath(folder) + " holds " + std::to_string(slices.size()) +
                             " slices of a series among other files; put every series into a folder of its own.");
      }
      std::sort(single.begin(), single.end(), [](const auto& a, const auto& b) { return naturallyBefore(a.native(), b.native()); });
      for (const auto& file : single) addFile(builder, file);
    }
    job.progress(++done, static_cast<std::int64_t>(folders.size()), "looking at images");
  }
  return builder.finish();
}

}  // namespace roundel
