#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "core/bounded_json.h"
#include "core/error.h"
#include "core/files.h"
#include "exchange/image_names.h"
#include "exchange/label_map.h"
#include "exchange/nnunet_format.h"
#include "exchange/study_builder.h"

namespace roundel {
namespace {

/// A class and the numbers that it is made of.
struct Region {
  std::string name;
  std::vector<std::int64_t> numbers;
};

class NnunetReader {
 public:
  NnunetReader(const ImportRequest& request, LabelGrid grid, ImageAccess& images)
      : m_request(request), m_folder(request.source), m_grid(grid), m_images(images), m_builder(request, {request.source}, images) {}

  ImportedStudy read(Job& job) {
    const ForeignJson document = readForeignJson(m_folder / "dataset.json", {.bytes = 1 << 28, .depth = 32, .values = 20'000'000});
    readLabels(document);
    m_builder.setClasses(m_table.classes);
    for (const auto& [images, labels, split] : {std::tuple{"imagesTr", "labelsTr", "training"}, std::tuple{"imagesTs", "labelsTs", "test"}})
      readPart(m_folder / images, m_request.labels ? *m_request.labels : m_folder / labels, split, job);
    return m_builder.finish();
  }

 private:
  void readLabels(const ForeignJson& document) {
    const auto* labels = objectMember(document, "labels");
    if (labels == nullptr)
      throw Error(ErrorKind::BadInput, "bad-document", "The dataset.json has no list of labels.",
                  {.path = displayPath(m_folder / "dataset.json")});
    for (const auto& [key, value] : labels->items()) {
      std::string name = key;
      std::vector<std::int64_t> numbers;
      if (value.is_string()) {  // of version 1 and of the medical decathlon: "1": "Anterior"
        const auto text = value.get<std::string>();
        if (const auto number = wholeNumber(key)) numbers.push_back(*number), name = text;
        else if (const auto written = wholeNumber(text)) numbers.push_back(*written);
      } else if (value.is_array()) {
        for (const auto& one : value)
          if (const auto number = asInteger(one)) numbers.push_back(*number);
      } else if (const auto number = asInteger(value)) {
        numbers.push_back(*number);
      }
      if (name == "ignore" && numbers.size() == 1) m_ignore = numbers[0];
      else if (!numbers.empty() && !(numbers.size() == 1 && numbers[0] == 0)) m_regions.push_back({name, numbers});
    }
    if (m_regions.size() > 4096) throw Error(ErrorKind::BadInput, "bad-classes", "The dataset.json names more than 4096 labels.");
    if (m_regions.empty())
      throw Error(ErrorKind::BadInput, "bad-classes", "The dataset.json names no label beside the background.",
                  {.path = displayPath(m_folder / "dataset.json"), .remedy = R"(Write "labels": {"background": 0, "Radius": 1}.)"});
    std::sort(m_regions.begin(), m_regions.end(), [](const Region& a, const Region& b) { return a.numbers < b.numbers; });
    if (auto table = readClassTable(m_folder)) m_table = std::move(*table);
    const bool same =
        m_table.classes.size() == static_cast<int>(m_regions.size()) &&
        std::all_of(m_regions.begin(), m_regions.end(), [&](const Region& one) { return m_table.classes.indexOfName(one.name) >= 0; });
    if (same) return;
    Json classes = Json::array();
    for (const auto& region : m_regions) classes.push_back({{"name", region.name}});
    m_table = {.classes = withToothFacts(labelSetFromJson(classes))};
  }

  void readPart(const std::filesystem::path& images, const std::filesystem::path& labels, const std::string& split, Job& job) {
    std::error_code code;
    if (!std::filesystem::is_directory(images, code)) return;
    std::map<std::string, std::filesystem::path> labelFiles;
    if (std::filesystem::is_directory(labels, code))
      for (const auto& file : filesUnder(labels))
        if (isLabelMapName(file)) labelFiles[imageStem(file)] = file;
    const auto files = filesUnder(images);
    std::int64_t done = 0;
    for (const auto& file : files) {
      job.throwIfStopped();
      job.progress(++done, static_cast<std::int64_t>(files.size()), "reading labels");
      std::string stem = imageStem(file);
      if (!isImageName(file)) continue;
      if (stem.size() > 5 && stem[stem.size() - 5] == '_' && stem.find_first_not_of("0123456789", stem.size() - 4) == std::string::npos) {
        if (!stem.ends_with("_0000")) {
          m_builder.count("more-channels", "A further channel of a case was left out; the first channel is the image");
          continue;
        }
        stem.resize(stem.size() - 5);
      }
      readCase(file, stem, labelFiles, split);
      labelFiles.erase(stem);
    }
    for (const auto& [stem, file] : labelFiles)
      m_builder.refuse(sanitisedUtf8(stem), "missing-image",
                       "The labels of " + sanitisedUtf8(stem) + " have no image in " + displayPath(images) + ".");
  }

  void readCase(const std::filesystem::path& file, const std::string& stem, const std::map<std::string, std::filesystem::path>& labels,
                const std::string& split) {
    std::optional<LabelMap> map;
    const auto found = labels.find(stem);
    try {
      if (found != labels.end()) map = readLabelMap(found->second, m_images);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::BadInput) throw;
      return m_builder.refuse(sanitisedUtf8(stem), error.code(), error.what());
    }
    const std::string shown = displayPath(file.filename());
    auto one = m_builder.openFile(file, shown, {0, 0, 1});
    if (!one || (map && !m_builder.fit(*map, *one, shown, m_grid))) return;
    if (!map && !labels.empty()) m_builder.warnOfMissingLabels(sanitisedUtf8(stem));
    one->name = m_builder.renamed(one->name, sanitisedUtf8(stem));
    one->split = split;
    if (map) one->annotation = annotationOf(*map, sanitisedUtf8(stem));
    m_builder.add(std::move(*one));
  }

  Annotation annotationOf(const LabelMap& map, const std::string& stem) {
    Annotation annotation = Annotation::empty(map.size, m_table.classes.size());
    std::set<std::int64_t> known{m_ignore};
    for (const auto& region : m_regions) {
      Mask mask(map.size);
      for (const std::int64_t number : region.numbers) {
        known.insert(number);
        if (const auto part = map.masks.find(number); part != map.masks.end()) mask = unite(mask, part->second);
      }
      if (!mask.empty()) annotation.set(m_table.classes.indexOfName(region.name), std::move(mask));
    }
    for (const auto& [number, mask] : map.masks)
      if (!known.contains(number))
        m_builder.warn(stem, "unknown-class",
                       "The number " + std::to_string(number) + " in " + stem + " is no label of dataset.json; it was left out.");
    if (const auto part = map.masks.find(m_ignore); m_ignore != 0 && part != map.masks.end()) annotation.ignore = part->second;
    settleMissing(annotation, m_request.missing);
    if (const auto listed = m_table.notAnnotated.find(stem); listed != m_table.notAnnotated.end())
      for (const auto& name : listed->second)
        if (const int index = m_table.classes.indexOfName(name); index >= 0)
          annotation.classes[static_cast<std::size_t>(index)] = {ClassState::NotAnnotated, Mask(map.size)};
    return annotation;
  }

  const ImportRequest& m_request;
  std::filesystem::path m_folder;
  LabelGrid m_grid;
  ImageAccess& m_images;
  StudyBuilder m_builder;
  std::vector<Region> m_regions;
  std::int64_t m_ignore = 0;
  ClassTable m_table;
};

}  // namespace

bool NnunetImport::recognises(const ImportRequest& request) const {
  std::error_code code;
  return std::filesystem::is_regular_file(request.source / "dataset.json", code) &&
         std::filesystem::is_directory(request.source / "imagesTr", code);
}

ImportedStudy NnunetImport::read(const ImportRequest& request, ImageAccess& images, Job& job) const {
  return NnunetReader(request, m_grid, images).read(job);
}

}  // namespace roundel
