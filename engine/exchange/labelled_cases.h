#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "exchange/label_map.h"
#include "exchange/study_builder.h"

namespace roundel {

/// Cases that were opened, with the labels that were found for them, until all are known: only then it is known which classes there are.
class LabelledCases {
 public:
  LabelledCases(const ImportRequest& request, StudyBuilder& builder) : m_request(request), m_builder(builder) {}

  /// A case without labels, with a label map, or with a mask a class name (absent from the map: not looked for there, unless the
  /// request says that missing classes are absent). Maps and masks are on the case's grid.
  void add(ImportedCase one) { m_cases.push_back({.one = std::move(one)}); }
  void add(ImportedCase one, LabelMap map) { m_cases.push_back({.one = std::move(one), .map = std::move(map)}); }
  void add(ImportedCase one, std::map<std::string, Mask> masks) { m_cases.push_back({.one = std::move(one), .masks = std::move(masks)}); }

  /// Chooses the classes - of `table`, else the study's own, else of the names and numbers found - and gives all cases to the builder.
  /// Numbers and names that are no class are told with their cases and pixels, and left out.
  void finish(std::optional<ClassTable> table);

 private:
  struct Labelled {
    ImportedCase one;
    std::optional<LabelMap> map = {};
    std::map<std::string, Mask> masks = {};
  };
  LabelSet classesFound() const;
  Annotation annotationOf(const Labelled& labelled, const ClassTable& table,
                          std::map<std::string, std::pair<int, std::int64_t>>& unknown) const;

  const ImportRequest& m_request;
  StudyBuilder& m_builder;
  std::vector<Labelled> m_cases;
};

}  // namespace roundel
