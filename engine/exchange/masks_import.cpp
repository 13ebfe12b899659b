#include <algorithm>
#include <array>
#include <map>

#include "core/error.h"
#include "core/files.h"
#include "exchange/export_losses.h"
#include "exchange/image_names.h"
#include "exchange/label_map.h"
#include "exchange/masks_format.h"
#include "exchange/study_builder.h"

namespace roundel {
namespace {

constexpr const char* kIgnoreFile = "_ignore";
/// More than that without names are most likely grey levels.
constexpr std::size_t kManyNumbers = 150;

bool isFolder(const std::filesystem::path& path) {
  std::error_code code;
  return std::filesystem::is_directory(path, code);
}

/// Where labels and images lie. Labels empty: the source shows no label folder.
struct Folders {
  std::filesystem::path labels, images;
};

Folders foldersOf(const ImportRequest& request) {
  Folders folders;
  if (request.labels) folders.labels = *request.labels;
  else if (request.images && isFolder(request.source) && *request.images != request.source) folders.labels = request.source;
  else
    for (const char* name : {"labels", "masks", "labels_fdi", "annotations", "label", "mask", "segmentations"})
      if (folders.labels.empty() && isFolder(request.source / name)) folders.labels = request.source / name;
  if (request.images) folders.images = *request.images;
  else folders.images = isFolder(request.source / "images") ? request.source / "images" : request.source;
  return folders;
}

/// The label files of one case: a map, or a file a class.
struct LabelFiles {
  std::filesystem::path map;
  std::map<std::string, std::filesystem::path> classes;  ///< class's file name -> file
  std::string key;                                       ///< the case as its labels call it
};

class MasksReader {
 public:
  MasksReader(const ImportRequest& request, const Folders& folders, LabelGrid grid, ImageAccess& images)
      : m_request(request), m_folders(folders), m_grid(grid), m_images(images), m_builder(request, {folders.images}, images) {}

  ImportedStudy read(Job& job) {
    m_table = readClassTable(m_folders.labels).value_or(ClassTable{.classes = m_request.classes});
    listImages();
    listLabels();
    std::int64_t done = 0;
    for (const auto& image : m_imageFiles) {
      job.throwIfStopped();
      readCase(image);
      job.progress(++done, static_cast<std::int64_t>(m_imageFiles.size()), "reading labels");
    }
    for (const auto& [stem, files] : m_labels)
      if (!m_taken.contains(stem) && !isOfNamedImage(stem))
        m_builder.refuse(sanitisedUtf8(stem), "missing-image",
                         "The labels of " + sanitisedUtf8(stem) + " have no image in " + displayPath(m_folders.images) + ".");
    finishCases();
    return m_builder.finish();
  }

 private:
  struct Pending {
    ImportedCase one;
    std::optional<LabelMap> map;
    std::map<std::string, LabelMap> files;  ///< by class's file name
    std::string key;

    bool labelled() const { return map || !files.empty(); }
  };

  bool inLabels(const std::filesystem::path& file) const {
    if (m_folders.labels == m_folders.images) return false;
    const auto relative = file.lexically_normal().lexically_relative(m_folders.labels.lexically_normal());
    return !relative.empty() && *relative.begin() != "..";
  }

  void listImages() {
    for (const auto& file : filesUnder(m_folders.images)) {
      if (inLabels(file) || !isImageName(file)) continue;
      m_imageFiles.push_back(file);
      m_stems[imageStem(file)] += 1;
      const auto relative = file.lexically_normal().lexically_relative(m_folders.images.lexically_normal());
      if (relative.has_parent_path()) m_inFolders.emplace(relative.parent_path() / imageStem(file), file);
    }
    listNamedImages();
  }

  /// The images that the class table names for label files whose own names do not say whose they are.
  void listNamedImages() {
    ImageFinder finder({m_folders.images});
    std::error_code code;
    for (const auto& [name, reference] : m_table.images)
      if (const auto answer = finder.find(reference); !answer.file.empty())
        m_named[std::filesystem::weakly_canonical(answer.file, code)] = name;
  }

  bool isOfNamedImage(const std::string& labels) const {
    return std::any_of(m_named.begin(), m_named.end(), [&](const auto& one) { return one.second == labels; });
  }

  /// What the labels of this image are called.
  std::string labelsOf(const std::filesystem::path& image) const {
    std::error_code code;
    const auto named = m_named.find(std::filesystem::weakly_canonical(image, code));
    return named == m_named.end() ? imageStem(image) : named->second;
  }

  /// The image that a label's name means: the same name, or without its ending.
  std::string imageNamed(const std::string& stem) const {
    return m_stems.contains(stem) || m_table.images.contains(stem) ? stem : withoutLabelEnding(stem);
  }

  void listLabels() {
    std::map<std::string, std::vector<std::filesystem::path>> subfolders;
    for (const auto& file : filesUnder(m_folders.labels)) {
      if (!isLabelMapName(file)) continue;
      const auto relative = file.lexically_normal().lexically_relative(m_folders.labels.lexically_normal());
      if (!relative.has_parent_path()) takeMap(file);
      else if (isBesideAnImage(relative)) takeMapOfFolder(file, relative);
      else subfolders[relative.begin()->string()].push_back(file);
    }
    bool foldersAreCases = false;
    for (const auto& [name, files] : subfolders)
      foldersAreCases = foldersAreCases || m_stems.contains(name) || m_table.images.contains(name);
    for (const auto& [name, files] : subfolders)
      for (const auto& file : files) {
        const std::string stem = imageStem(file);
        auto& labels = m_labels[foldersAreCases ? name : imageNamed(stem)];
        labels.key = foldersAreCases ? name : stem;
        labels.classes[foldersAreCases ? stem : name] = file;
      }
  }

  /// Whether the labels lie in the same folders as the images: labels/PATIENT/a.png of images/PATIENT/a.png.
  bool isBesideAnImage(const std::filesystem::path& relative) const { return !imageBeside(relative).empty(); }

  std::filesystem::path imageBeside(const std::filesystem::path& relative) const {
    const std::string stem = imageStem(relative);
    for (const auto& name : {stem, withoutLabelEnding(stem)})
      if (const auto found = m_inFolders.find(relative.parent_path() / name); found != m_inFolders.end()) return found->second;
    return {};
  }

  void takeMapOfFolder(const std::filesystem::path& file, const std::filesystem::path& relative) {
    std::error_code code;
    const std::string key = (relative.parent_path() / imageStem(relative)).string();
    m_named[std::filesystem::weakly_canonical(imageBeside(relative), code)] = key;
    m_labels[key] = {.map = file, .classes = {}, .key = imageStem(relative)};
  }

  void takeMap(const std::filesystem::path& file) {
    const std::string stem = imageStem(file), image = imageNamed(stem);
    auto& labels = m_labels[image];
    if (!labels.map.empty())
      return m_builder.warn(sanitisedUtf8(image), "labels-twice",
                            "There are two label files for " + sanitisedUtf8(image) + "; the first was taken.");
    labels.map = file;
    labels.key = stem;
  }

  void readCase(const std::filesystem::path& image) {
    const std::string stem = labelsOf(image);
    const auto labels = m_labels.find(stem);
    if (labels != m_labels.end() && m_stems[stem] > 1 && !isOfNamedImage(stem)) {
      m_taken.insert(stem);
      return m_builder.refuse(sanitisedUtf8(stem), "ambiguous-image",
                              "Several images are named " + sanitisedUtf8(stem) + ", so that their labels cannot be told apart.");
    }
    Pending pending;
    if (labels != m_labels.end()) {
      m_taken.insert(stem);
      try {
        readLabels(labels->second, pending);
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::BadInput) throw;
        return m_builder.refuse(sanitisedUtf8(stem), error.code(), error.what());
      }
    }
    const std::string shown = displayPath(image.filename());
    auto one = m_builder.openFile(image, shown, {0, 0, 1});
    if (!one) return;
    if (pending.map && !m_builder.fit(*pending.map, *one, shown, m_grid)) return;
    for (auto& [name, map] : pending.files)
      if (!m_builder.fit(map, *one, shown, m_grid)) return;
    if (!pending.labelled()) m_builder.warnOfMissingLabels(one->name);
    pending.one = std::move(*one);
    m_pending.push_back(std::move(pending));
  }

  void readLabels(const LabelFiles& files, Pending& pending) {
    pending.key = sanitisedUtf8(files.key);
    if (!files.map.empty()) {
      pending.map = readLabelMap(files.map, m_images);
      return;
    }
    for (const auto& [name, file] : files.classes) {
      LabelMap map = readLabelMap(file, m_images);
      if (!pending.files.empty() && map.size != pending.files.begin()->second.size)
        throw Error(ErrorKind::BadInput, "size-mismatch", "The label files of " + sanitisedUtf8(files.key) + " have different sizes.",
                    {.path = displayPath(file)});
      pending.files.emplace(name, std::move(map));
    }
  }

  void finishCases() {
    chooseClasses();
    m_builder.setClasses(m_table.classes);
    std::map<std::int64_t, std::pair<int, std::int64_t>> unknownNumbers;  // number -> cases, pixels
    for (auto& pending : m_pending) {
      if (pending.map) {
        std::map<std::int64_t, std::int64_t> unknown;
        pending.one.annotation = annotationFrom(*pending.map, m_table, pending.key, m_request.missing, unknown);
        for (const auto& [number, pixels] : unknown) {
          unknownNumbers[number].first += 1;
          unknownNumbers[number].second += pixels;
        }
      } else if (!pending.files.empty()) {
        pending.one.annotation = annotationOfClasses(pending);
      }
      m_builder.add(std::move(pending.one));
    }
    for (const auto& [number, what] : unknownNumbers)
      m_builder.warn("", "unknown-class",
                     "The number " + std::to_string(number) + " of " + std::to_string(what.first) + " label maps (" +
                         std::to_string(what.second) + " pixels) is no class of the class table; it was left out.");
  }

  Annotation annotationOfClasses(Pending& pending) const {
    Annotation annotation = Annotation::empty(pending.one.facts.geometry.size, m_table.classes.size());
    for (int i = 0; i < m_table.classes.size(); ++i)
      if (const auto found = pending.files.find(fileNameOf(m_table.classes[i].name)); found != pending.files.end())
        annotation.set(i, wholeOf(found->second));
    settleMissing(annotation, m_request.missing);
    if (const auto listed = m_table.notAnnotated.find(pending.key); listed != m_table.notAnnotated.end())
      for (const auto& name : listed->second)
        if (const int index = m_table.classes.indexOfName(name); index >= 0)
          annotation.classes[static_cast<std::size_t>(index)] = {ClassState::NotAnnotated, Mask(annotation.size)};
    if (const auto found = pending.files.find(kIgnoreFile); found != pending.files.end()) annotation.ignore = wholeOf(found->second);
    return annotation;
  }

  /// Every pixel that holds a number.
  static Mask wholeOf(const LabelMap& map) {
    Mask mask(map.size);
    for (const auto& [number, part] : map.masks) mask = unite(mask, part);
    return mask;
  }

  /// Names for numbers and files that no table names.
  void chooseClasses() {
    if (!m_table.classes.empty()) return;
    std::set<std::int64_t> numbers;
    std::set<std::string> names;
    for (const auto& pending : m_pending) {
      if (pending.map)
        for (const auto& [number, mask] : pending.map->masks) numbers.insert(number);
      for (const auto& [name, map] : pending.files)
        if (name != kIgnoreFile) names.insert(sanitisedUtf8(name));
    }
    if (names.empty()) {
      if (numbers.size() > kManyNumbers)
        m_builder.warn(
            "", "many-classes",
            "The label maps hold " + std::to_string(numbers.size()) +
                " different numbers, which no class table names. If they are pictures and no label maps, import them as images.");
      m_table.classes = classesOfNumbers({numbers.begin(), numbers.end()});
      return;
    }
    std::vector<std::string> sorted(names.begin(), names.end());
    std::sort(sorted.begin(), sorted.end(), naturallyBefore);
    Json list = Json::array();
    for (const auto& name : sorted) list.push_back({{"name", name}});
    m_table.classes = withToothFacts(labelSetFromJson(list));
  }

  const ImportRequest& m_request;
  Folders m_folders;
  LabelGrid m_grid;
  ImageAccess& m_images;
  StudyBuilder m_builder;
  ClassTable m_table;
  std::vector<std::filesystem::path> m_imageFiles;
  std::map<std::string, int> m_stems;
  std::map<std::filesystem::path, std::filesystem::path> m_inFolders;  ///< folders and name of an image, below the images' folder -> it
  std::map<std::filesystem::path, std::string> m_named;                ///< image -> its labels' key, where its own name is not that
  std::map<std::string, LabelFiles> m_labels;
  std::set<std::string> m_taken;
  std::vector<Pending> m_pending;
};

}  // namespace

bool MasksImport::recognises(const ImportRequest& request) const { return isFolder(request.source) && !foldersOf(request).labels.empty(); }

ImportedStudy MasksImport::read(const ImportRequest& request, ImageAccess& images, Job& job) const {
  const Folders folders = foldersOf(request);
  if (folders.labels.empty())
    throw Error(ErrorKind::BadInput, "unknown-format", displayPath(request.source) + " has no folder of label maps.",
                {.path = displayPath(request.source), .remedy = "Name it with --labels."});
  return MasksReader(request, folders, m_grid, images).read(job);
}

}  // namespace roundel
