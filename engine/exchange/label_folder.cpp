#include "exchange/label_folder.h"

#include <algorithm>
#include <set>

#include "core/error.h"
#include "core/files.h"
#include "exchange/export_losses.h"
#include "exchange/image_names.h"
#include "exchange/study_builder.h"

namespace roundel {
namespace {

/// What the files of one case hold, before the classes are known.
struct Found {
  std::optional<LabelMap> map;
  std::map<std::string, Mask> files;  ///< by class's file name
  Geometry geometry;
};

Geometry geometryOf(const std::filesystem::path& file, const LabelMap& map, ImageAccess& images) {
  Geometry geometry{.size = map.size};
  if (lowerExtension(file) == ".png") return geometry;
  const ImageFacts facts = images.probe(file);
  return facts.geometry.size == map.size ? facts.geometry : geometry;
}

void put(Found& found, const std::string& className, LabelMap map, const Geometry& geometry) {
  if (!found.geometry.size.x) found.geometry = geometry;
  if (found.geometry.size != map.size) throw Error(ErrorKind::BadInput, "size-mismatch", "The label files of a case have different sizes.");
  if (className.empty()) {
    found.map = std::move(map);
    return;
  }
  Mask mask(map.size);
  for (const auto& [number, part] : map.masks) mask = unite(mask, part);
  found.files.insert_or_assign(className, std::move(mask));
}

LabelSet classesFound(const std::map<std::string, Found>& cases) {
  std::vector<std::int64_t> numbers;
  std::set<std::string> names;
  for (const auto& [name, found] : cases) {
    if (found.map)
      for (const auto& [number, mask] : found.map->masks) numbers.push_back(number);
    for (const auto& [file, mask] : found.files) names.insert(file);
  }
  if (names.empty()) return classesOfNumbers(numbers);
  Json list = Json::array();
  for (const auto& name : names)
    if (!name.starts_with("_")) list.push_back({{"name", sanitisedUtf8(name)}});
  return labelSetFromJson(list);
}

Annotation annotationOf(const Found& found, const ClassTable& table, const std::string& name,
                        std::map<std::int64_t, std::int64_t>& unknown) {
  if (found.map) return annotationFrom(*found.map, table, name, MissingClass::Absent, unknown);
  Annotation annotation = Annotation::empty(found.geometry.size, table.classes.size());
  for (int c = 0; c < table.classes.size(); ++c)
    if (const auto file = found.files.find(fileNameOf(table.classes[c].name)); file != found.files.end()) annotation.set(c, file->second);
  settleMissing(annotation, MissingClass::Absent);
  if (const auto listed = table.notAnnotated.find(name); listed != table.notAnnotated.end())
    for (const auto& missing : listed->second)
      if (const int index = table.classes.indexOfName(missing); index >= 0)
        annotation.classes[static_cast<std::size_t>(index)] = {ClassState::NotAnnotated, Mask(annotation.size)};
  if (const auto file = found.files.find("_ignore"); file != found.files.end()) annotation.ignore = file->second;
  return annotation;
}

/// The class of that name; by its number where one of the two has no name but its number, because nobody named it.
int indexByNameOrNumber(const LabelSet& classes, const LabelClass& wanted) {
  if (const int byName = classes.indexOfName(wanted.name); byName >= 0) return byName;
  const int byId = classes.indexOfId(wanted.id);
  const std::string unnamed = "class " + std::to_string(wanted.id);
  return byId >= 0 && (wanted.name == unnamed || classes[byId].name == unnamed) ? byId : -1;
}

}  // namespace

LabelFolder readLabelFolder(const std::filesystem::path& folder, ImageAccess& images, const LabelSet& classes, Job& job) {
  LabelFolder result;
  ClassTable table = readClassTable(folder).value_or(ClassTable{});
  if (!classes.empty() && table.classes.empty()) table.classes = classes;
  std::map<std::string, Found> cases;
  const auto files = filesUnder(folder);
  std::int64_t done = 0;
  for (const auto& file : files) {
    job.throwIfStopped();
    job.progress(++done, static_cast<std::int64_t>(files.size()), "reading label maps");
    if (!isLabelMapName(file)) continue;
    const auto relative = file.lexically_normal().lexically_relative(folder.lexically_normal());
    std::string caseName = imageStem(file), className;
    if (relative.has_parent_path()) {
      className = caseName;
      caseName = relative.begin()->string();
      const auto isClass = [&](const std::string& name) {
        return std::any_of(table.classes.classes().begin(), table.classes.classes().end(),
                           [&](const auto& one) { return fileNameOf(one.name) == name; });
      };
      if (isClass(caseName) && !isClass(className)) std::swap(caseName, className);
    }
    caseName = sanitisedUtf8(caseName);
    try {
      LabelMap map = readLabelMap(file, images);
      const Geometry geometry = geometryOf(file, map, images);
      put(cases[caseName], className, std::move(map), geometry);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::BadInput) throw;
      result.warnings.push_back({error.code(), caseName, displayPath(relative) + ": " + error.what()});
      ++result.refused;
      cases.erase(caseName);
    }
  }
  if (cases.empty())
    throw Error(ErrorKind::BadInput, "empty-folder", displayPath(folder) + " holds no label map that can be read.",
                {.path = displayPath(folder), .remedy = result.warnings.empty() ? "" : result.warnings.front().message});
  if (table.classes.empty()) table.classes = classesFound(cases);
  // The caller's classes, in its order.
  result.classes = classes.empty() ? table.classes : classes;
  std::map<std::int64_t, std::int64_t> unknown;
  for (const auto& [name, found] : cases) {
    const Annotation own = annotationOf(found, table, name, unknown);
    Annotation annotation = Annotation::empty(own.size, result.classes.size());
    annotation.ignore = own.ignore;
    for (int c = 0; c < result.classes.size(); ++c) {
      const int index = indexByNameOrNumber(table.classes, result.classes[c]);
      annotation.classes[static_cast<std::size_t>(c)] =
          index >= 0 ? own.classes[static_cast<std::size_t>(index)] : ClassAnnotation{ClassState::Absent, Mask(own.size)};
    }
    result.cases.push_back({name, found.geometry, std::move(annotation)});
  }
  for (const auto& [number, pixels] : unknown)
    result.warnings.push_back({"unknown-class", "",
                               "The number " + std::to_string(number) + " (" + std::to_string(pixels) + " pixels) in " +
                                   displayPath(folder) + " is no class; it was left out."});
  return result;
}

}  // namespace roundel
