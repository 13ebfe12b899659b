#include "exchange/labelled_cases.h"

#include <algorithm>
#include <set>

#include "exchange/image_names.h"

namespace roundel {

LabelSet LabelledCases::classesFound() const {
  std::set<std::int64_t> numbers;
  std::set<std::string> names;
  for (const auto& labelled : m_cases) {
    if (labelled.map)
      for (const auto& [number, mask] : labelled.map->masks) numbers.insert(number);
    for (const auto& [name, mask] : labelled.masks) names.insert(name);
  }
  if (names.empty()) return classesOfNumbers({numbers.begin(), numbers.end()});
  std::vector<std::string> sorted(names.begin(), names.end());
  std::sort(sorted.begin(), sorted.end(), naturallyBefore);
  Json list = Json::array();
  for (const auto& name : sorted) list.push_back({{"name", name}});
  return withToothFacts(labelSetFromJson(list));
}

Annotation LabelledCases::annotationOf(const Labelled& labelled, const ClassTable& table,
                                       std::map<std::string, std::pair<int, std::int64_t>>& unknown) const {
  if (labelled.map) {
    std::map<std::int64_t, std::int64_t> numbers;
    Annotation annotation = annotationFrom(*labelled.map, table, labelled.one.name, m_request.missing, numbers);
    for (const auto& [number, pixels] : numbers) {
      auto& [cases, all] = unknown["number " + std::to_string(number)];
      ++cases;
      all += pixels;
    }
    return annotation;
  }
  Annotation annotation = Annotation::empty(labelled.one.facts.geometry.size, table.classes.size());
  for (const auto& [name, mask] : labelled.masks) {
    if (const int index = table.classes.indexOfName(name); index >= 0) {
      annotation.set(index, mask);
      continue;
    }
    auto& [cases, all] = unknown["class " + name];
    ++cases;
    all += mask.area();
  }
  settleMissing(annotation, m_request.missing);
  return annotation;
}

void LabelledCases::finish(std::optional<ClassTable> table) {
  if (!table) table = ClassTable{.classes = m_request.classes};
  if (table->classes.empty()) table->classes = classesFound();
  m_builder.setClasses(table->classes);
  std::map<std::string, std::pair<int, std::int64_t>> unknown;
  for (auto& labelled : m_cases) {
    if (labelled.map || !labelled.masks.empty()) labelled.one.annotation = annotationOf(labelled, *table, unknown);
    m_builder.add(std::move(labelled.one));
  }
  for (const auto& [what, where] : unknown)
    m_builder.warn("", "unknown-class",
                   "The " + what + " of the labels of " + std::to_string(where.first) + (where.first == 1 ? " case (" : " cases (") +
                       std::to_string(where.second) + " pixels) is no class of the study; it was left out.");
  m_cases.clear();
}

}  // namespace roundel
