#include <algorithm>
#include <set>

#include "core/error.h"
#include "core/files.h"
#include "exchange/hdf5_format.h"
#include "exchange/image_names.h"
#include "exchange/labelled_cases.h"

namespace roundel {
namespace {

bool isHdf5Name(const std::filesystem::path& file) {
  const std::string extension = lowerExtension(file);
  return extension == ".h5" || extension == ".hdf5" || extension == ".he5";
}

std::vector<std::filesystem::path> hdf5Files(const std::filesystem::path& source) {
  auto files = filesUnder(source);
  std::erase_if(files, [](const auto& file) { return !isHdf5Name(file); });
  return files;
}

/// The files' own names; the names of their folders where those tell more files apart.
std::vector<std::string> namesOf(const std::vector<std::filesystem::path>& files) {
  std::set<std::string> stems, folders;
  for (const auto& file : files) {
    stems.insert(file.stem().string());
    folders.insert(file.parent_path().filename().string());
  }
  const bool byFolder = stems.size() < files.size() && folders.size() > stems.size();
  std::vector<std::string> names;
  for (const auto& file : files) names.push_back(sanitisedUtf8(byFolder ? file.parent_path().filename().string() : file.stem().string()));
  return names;
}

}  // namespace

bool Hdf5Import::recognises(const ImportRequest& request) const {
  std::error_code code;
  return std::filesystem::exists(request.source, code) && !hdf5Files(request.source).empty();
}

ImportedStudy Hdf5Import::read(const ImportRequest& request, ImageAccess& images, Job& job) const {
  StudyBuilder builder(request, {request.source}, images);
  LabelledCases cases(request, builder);
  const auto files = hdf5Files(request.source);
  const auto names = namesOf(files);
  std::map<std::string, std::filesystem::path> others;
  if (request.labels) {
    const auto labelFiles = hdf5Files(*request.labels);
    const auto labelNames = namesOf(labelFiles);
    for (std::size_t i = 0; i < labelFiles.size(); ++i) others[labelNames[i]] = labelFiles[i];
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    job.throwIfStopped();
    job.progress(static_cast<std::int64_t>(i), static_cast<std::int64_t>(files.size()), "reading volumes and labels");
    auto one = builder.openFile(files[i], names[i], {0, 0, 1});
    if (!one) continue;
    one->name = builder.renamed(one->name, names[i]);
    std::optional<std::filesystem::path> labels;
    if (request.labels) {
      if (const auto found = others.find(names[i]); found != others.end()) labels = found->second;
    } else if (one->facts.holdsLabels) {
      labels = files[i];
    }
    if (!labels) {
      builder.warnOfMissingLabels(one->name);
      cases.add(std::move(*one));
      continue;
    }
    try {
      LabelMap map = readLabelMap(*labels, images);
      if (builder.fit(map, *one, one->name, LabelGrid::Geometry)) cases.add(std::move(*one), std::move(map));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::BadInput) throw;
      builder.refuse(one->name, error.code(), error.what());
    }
  }
  std::error_code code;
  const bool folder = std::filesystem::is_directory(request.source, code);
  cases.finish(readClassTable(folder ? request.source : request.source.parent_path()));
  return builder.finish();
}

}  // namespace roundel
