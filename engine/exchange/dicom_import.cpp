#include <algorithm>
#include <map>
#include <set>

#include "core/error.h"
#include "core/files.h"
#include "exchange/folder_formats.h"
#include "exchange/image_names.h"
#include "exchange/labelled_cases.h"
#include "exchange/segmentation_object.h"

namespace roundel {
namespace {

using Path = std::filesystem::path;

bool isSliceModality(const std::string& modality) { return modality == "CT" || modality == "MR" || modality == "PT"; }

bool isDicomFile(const Path& file) { return lowerExtension(file) == ".dcm" || lowerExtension(file) == ".ima" || beginsAsDicom(file); }

/// Files of one folder that are one volume: the slices of a series with one size.
struct Series {
  std::vector<Path> files = {};
  int number = -1;
  Size size = {};
};

/// What a folder's DICOM files are.
struct FolderContent {
  std::map<std::string, Series> series = {};  ///< by series and size, with more than one slice
  std::vector<Path> single = {};              ///< a case each
  std::vector<Path> segmentations = {};
  std::size_t all = 0;
};

class DicomReader {
 public:
  DicomReader(const ImportRequest& request, LabelGrid grid, DicomImport::Labels labels, ImageAccess& images)
      : m_request(request), m_grid(grid), m_labels(labels), m_images(images), m_builder(request, {request.source}, images) {}

  ImportedStudy read(Job& job) {
    std::map<Path, std::vector<Path>> folders;
    std::set<Path> seen;
    for (const auto& place : {std::optional(m_request.source), m_request.images})
      for (const auto& file : place ? filesUnder(*place) : std::vector<Path>())
        if (isDicomFile(file) && seen.insert(std::filesystem::weakly_canonical(file)).second) folders[file.parent_path()].push_back(file);
    listLabels(seen);
    std::int64_t done = 0;
    for (const auto& [folder, files] : folders) {
      openFolder(folder, contentOf(files, job));
      job.progress(++done, static_cast<std::int64_t>(folders.size()), "looking at images");
    }
    label(job);
    return m_builder.finish();
  }

 private:
  /// Label maps by name and segmentation objects of --labels.
  void listLabels(const std::set<Path>& seen) {
    if (!m_request.labels) return;
    for (const auto& file : filesUnder(*m_request.labels)) {
      if (seen.contains(std::filesystem::weakly_canonical(file))) continue;
      if (isDicomFile(file)) m_segmentations.push_back(file);
      else if (isLabelMapName(file)) m_maps[sanitisedUtf8(imageStem(file))] = file;
    }
  }

  FolderContent contentOf(const std::vector<Path>& files, Job& job) const {
    FolderContent content{.all = files.size()};
    std::map<std::string, Series> found;
    for (const auto& file : files) {
      job.throwIfStopped();
      ImageFacts facts;
      try {
        facts = m_images.probe(file);
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::BadInput) throw;  // told when the file itself is opened
      }
      const Size& size = facts.geometry.size;
      if (facts.modality == "SEG") {
        content.segmentations.push_back(file);
      } else if (isSliceModality(facts.modality) && size.z == 1 && !facts.seriesKey.empty()) {
        Series& series = found[facts.seriesKey + " " + std::to_string(size.x) + "x" + std::to_string(size.y)];
        series.files.push_back(file);
        series.number = facts.seriesNumber;
        series.size = size;
      } else {
        content.single.push_back(file);
      }
    }
    for (auto& [key, series] : found) {
      if (series.files.size() > 1) content.series.emplace(key, std::move(series));
      else content.single.push_back(series.files.front());
    }
    std::sort(content.single.begin(), content.single.end(),
              [](const Path& a, const Path& b) { return naturallyBefore(a.native(), b.native()); });
    return content;
  }

  void openFolder(const Path& folder, const FolderContent& content) {
    m_segmentations.insert(m_segmentations.end(), content.segmentations.begin(), content.segmentations.end());
    const std::string name = displayPath(std::filesystem::absolute(folder).lexically_normal().filename());
    for (const auto& [key, series] : content.series) {
      // The folder stands for its only series; else the slices are named one by one.
      if (series.files.size() == content.all) {
        keep(m_builder.openFile(folder, name, {0, 0, 1}));
        continue;
      }
      const bool several = content.series.size() > 1;
      keep(m_builder.openSeries(series.files, several && series.number >= 0 ? name + "-series-" + std::to_string(series.number) : name));
    }
    for (const auto& file : content.single) keep(m_builder.openFile(file, displayPath(file.filename()), {0, 0, 1}));
  }

  void keep(std::optional<ImportedCase> one) {
    if (one) m_cases.push_back(std::move(*one));
  }

  /// Segmentation objects first; a label map of the case's name where no object names its series.
  void label(Job& job) {
    readSegmentations(job);
    LabelledCases cases(m_request, m_builder);
    const bool labelled = !m_segmentations.empty() || m_request.labels;
    for (std::size_t i = 0; i < m_cases.size(); ++i) {
      job.throwIfStopped();
      ImportedCase& one = m_cases[i];
      if (m_refused.contains(i)) continue;
      if (const auto masks = m_masks.find(i); masks != m_masks.end()) {
        cases.add(std::move(one), std::move(masks->second));
        continue;
      }
      if (m_labels == DicomImport::Labels::Required) continue;
      if (const auto file = m_maps.find(one.name); file != m_maps.end()) {
        addMap(cases, one, file->second);
        m_maps.erase(file);
        continue;
      }
      if (labelled) m_builder.warnOfMissingLabels(one.name);
      cases.add(std::move(one));
    }
    for (const auto& [name, file] : m_maps)
      m_builder.refuse(name, "missing-image", "The labels of " + name + " have no image in " + displayPath(m_request.source) + ".");
    cases.finish(m_request.labels ? readClassTable(*m_request.labels) : std::nullopt);
  }

  void addMap(LabelledCases& cases, ImportedCase& one, const Path& file) {
    try {
      LabelMap map = readLabelMap(file, m_images);
      if (m_builder.fit(map, one, one.name, m_grid)) cases.add(std::move(one), std::move(map));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::BadInput) throw;
      m_builder.refuse(one.name, error.code(), error.what());
    }
  }

  void readSegmentations(Job& job) {
    for (const auto& file : m_segmentations) {
      job.throwIfStopped();
      const std::string shown = displayPath(file.filename());
      try {
        const SegmentationObject object(m_images.load(file), shown);
        const auto at = caseOf(object);
        if (!at) {
          m_builder.refuse(
              shown, "missing-image",
              "The series that the segmentation object " + shown + " is for is not among the images; name its folder with --images.");
          continue;
        }
        ImportedCase& one = m_cases[*at];
        try {
          auto& masks = m_masks[*at];
          for (auto& [name, mask] : object.masksOn(one.facts.geometry)) {
            const auto [known, added] = masks.try_emplace(name, mask);
            if (!added) known->second = unite(known->second, mask);
          }
          if (object.fractional())
            m_builder.warn(one.name, "fractional-labels", shown + " holds fractions; half and more of a pixel counts as in.");
        } catch (const Error&) {
          m_masks.erase(*at);
          m_refused.insert(*at);
          throw;
        }
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::BadInput) throw;
        m_builder.refuse(shown, error.code(), error.what());
      }
    }
  }

  /// By the series that the object names; an object that names none belongs to the only case there is.
  std::optional<std::size_t> caseOf(const SegmentationObject& object) const {
    for (std::size_t i = 0; i < m_cases.size(); ++i)
      if (std::find(object.series().begin(), object.series().end(), m_cases[i].facts.seriesKey) != object.series().end()) return i;
    if (object.series().empty() && m_cases.size() == 1) return 0;
    return std::nullopt;
  }

  const ImportRequest& m_request;
  LabelGrid m_grid;
  DicomImport::Labels m_labels;
  ImageAccess& m_images;
  StudyBuilder m_builder;
  std::vector<ImportedCase> m_cases;
  std::vector<Path> m_segmentations;
  std::map<std::string, Path> m_maps;
  std::map<std::size_t, std::map<std::string, Mask>> m_masks;
  std::set<std::size_t> m_refused;
};

}  // namespace

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
  return DicomReader(request, m_grid, m_labels, images).read(job);
}

}  // namespace roundel
