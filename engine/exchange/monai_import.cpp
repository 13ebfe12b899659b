#include <charconv>
#include <map>

#include "core/bounded_json.h"
#include "core/error.h"
#include "core/files.h"
#include "exchange/folder_formats.h"
#include "exchange/image_names.h"
#include "exchange/label_map.h"
#include "exchange/study_builder.h"

namespace roundel {
namespace {

std::filesystem::path listFile(const std::filesystem::path& source) {
  std::error_code code;
  if (std::filesystem::is_regular_file(source, code)) return source;
  for (const char* name : {"datalist.json", "dataset.json", "dataset_0.json"})
    if (std::filesystem::is_regular_file(source / name, code)) return source / name;
  return {};
}

/// A path that may be written as a list of channels: the first counts.
std::string firstPath(const ForeignJson& entry, const std::string& key) {
  if (entry.is_string()) return key == "image" ? sanitisedUtf8(entry.get_ref<const std::string&>()) : "";
  const auto* value = member(entry, key);
  if (value != nullptr && value->is_array() && !value->empty()) value = &value->front();
  return value != nullptr && value->is_string() ? sanitisedUtf8(value->get_ref<const std::string&>()) : "";
}

std::int64_t numberOfDigits(const std::string& digits) {
  std::int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

class MonaiReader {
 public:
  MonaiReader(const ImportRequest& request, const std::filesystem::path& file, LabelGrid grid, ImageAccess& images)
      : m_request(request),
        m_grid(grid),
        m_document(readForeignJson(file, {.bytes = 1 << 28, .depth = 32, .values = 20'000'000})),
        m_images(images),
        m_builder(request, {request.images.value_or(file.parent_path())}, images),
        m_labelFinder({request.labels.value_or(file.parent_path())}) {}

  ImportedStudy read(Job& job) {
    readClasses();
    readTable();
    for (const char* part : {"training", "validation", "test", "testing"}) {
      const auto* list = arrayMember(m_document, part);
      if (list == nullptr) continue;
      std::int64_t done = 0;
      for (const auto& entry : *list) {
        job.throwIfStopped();
        readEntry(entry, part);
        job.progress(++done, static_cast<std::int64_t>(list->size()), "reading labels");
      }
    }
    if (m_table.classes.empty()) m_table.classes = classesOfNumbers(m_numbers);
    m_builder.setClasses(m_table.classes);
    for (auto& [one, map] : m_cases) {
      std::map<std::int64_t, std::int64_t> unknown;
      if (map) one.annotation = annotationFrom(*map, m_table, one.name, m_request.missing, unknown);
      for (const auto& [number, pixels] : unknown)
        m_builder.warn(one.name, "unknown-class",
                       "The number " + std::to_string(number) + " in " + one.name + " (" + std::to_string(pixels) +
                           " pixels) is no class of the list; it was left out.");
      m_builder.add(std::move(one));
    }
    return m_builder.finish();
  }

 private:
  void readClasses() {
    m_table.classes = m_request.classes;
    const auto* labels = objectMember(m_document, "labels");
    if (labels == nullptr || labels->size() > 4096) return;
    std::map<std::int64_t, std::string> names;
    for (const auto& [key, value] : labels->items()) {
      const bool numberIsKey = !key.empty() && key.size() < 10 && key.find_first_not_of("0123456789") == std::string::npos;
      if (value.is_string() && numberIsKey) names[numberOfDigits(key)] = value.get<std::string>();
      else if (const auto number = asInteger(value)) names[*number] = key;
    }
    Json list = Json::array();
    for (const auto& [number, name] : names)
      if (number > 0) list.push_back({{"id", number}, {"name", name}});
    m_table.classes = withToothFacts(labelSetFromJson(list));
  }

  /// The table that this program writes beside label maps.
  void readTable() {
    const auto* list = arrayMember(m_document, "training");
    if (list == nullptr || list->empty()) return;
    const auto first = m_labelFinder.find(firstPath(list->front(), "label")).file;
    if (first.empty()) return;
    if (auto table = readClassTable(first.parent_path()); table && !table->classes.empty()) m_table = std::move(*table);
  }

  void readEntry(const ForeignJson& entry, const std::string& part) {
    const std::string image = firstPath(entry, "image"), label = firstPath(entry, "label");
    if (image.empty()) return m_builder.refuse("", "bad-document", "An entry of the list names no image.");
    std::optional<LabelMap> map;
    if (!label.empty()) {
      const auto answer = m_labelFinder.find(label);
      if (answer.file.empty())
        return m_builder.refuse(image, "missing-labels", "The label file " + label + " of " + image + " is not there.");
      try {
        map = readLabelMap(answer.file, m_images);
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::BadInput) throw;
        return m_builder.refuse(image, error.code(), error.what());
      }
    }
    auto one = m_builder.openCase(image, {0, 0, 1});
    if (!one || (map && !m_builder.fit(*map, *one, image, m_grid))) return;
    one->split = part;
    if (!map && part != "test" && part != "testing") m_builder.warnOfMissingLabels(one->name);
    if (map)
      for (const auto& [number, mask] : map->masks) m_numbers.push_back(number);
    m_cases.emplace_back(std::move(*one), std::move(map));
  }

  const ImportRequest& m_request;
  LabelGrid m_grid;
  ForeignJson m_document;
  ImageAccess& m_images;
  StudyBuilder m_builder;
  ImageFinder m_labelFinder;
  ClassTable m_table;
  std::vector<std::int64_t> m_numbers;
  std::vector<std::pair<ImportedCase, std::optional<LabelMap>>> m_cases;
};

}  // namespace

bool MonaiImport::recognises(const ImportRequest& request) const {
  const auto file = listFile(request.source);
  if (file.empty() || lowerExtension(file) != ".json") return false;
  const auto keys = outermostKeys(file, {.bytes = 1 << 28, .depth = 32});
  return keys.contains("training") && !keys.contains("shapes") && !keys.contains("annotations");
}

ImportedStudy MonaiImport::read(const ImportRequest& request, ImageAccess& images, Job& job) const {
  const auto file = listFile(request.source);
  if (file.empty())
    throw Error(ErrorKind::BadInput, "unknown-format", "There is no data list in " + displayPath(request.source) + ".",
                {.path = displayPath(request.source)});
  return MonaiReader(request, file, m_grid, images).read(job);
}

}  // namespace roundel
