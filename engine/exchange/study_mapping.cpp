#include "exchange/study_mapping.h"

#include <algorithm>
#include <regex>

#include "core/error.h"
#include "raster/pixel_pipeline.h"

namespace roundel {
namespace {

bool isSameClass(const LabelClass& a, const LabelClass& b) {
  if (a.name == b.name) return true;
  const auto number = [](const LabelClass& one) {
    return one.code.substr(one.code.rfind(' ') == std::string::npos ? 0 : one.code.rfind(' ') + 1);
  };
  return (!a.code.empty() && (a.code == b.code || number(a) == b.name)) || (!b.code.empty() && number(b) == a.name);
}

int indexOfSameClass(const LabelSet& classes, const LabelClass& wanted) {
  for (int i = 0; i < classes.size(); ++i)
    if (isSameClass(classes[i], wanted)) return i;
  return -1;
}

bool holdsAll(const LabelSet& classes, const LabelSet& wanted) {
  return std::all_of(wanted.classes().begin(), wanted.classes().end(),
                     [&](const LabelClass& one) { return classes.indexOfName(one.name) >= 0; });
}

LabelSet firstClasses(const LabelSet& imported, ClassChoice choice) {
  if (choice == ClassChoice::Fdi) return paletteClasses("fdi");
  const LabelSet wrist = paletteClasses("carpal");
  if (choice == ClassChoice::Carpal || (choice == ClassChoice::Automatic && holdsAll(imported, wrist))) return wrist;
  return imported;
}

/// The study's classes and those of the data set that it lacks, with ids that are free.
LabelSet withAdded(const LabelSet& existing, const LabelSet& imported) {
  std::vector<LabelClass> classes = existing.classes();
  std::int64_t next = 1;
  for (const auto& one : classes) next = std::max(next, one.id + 1);
  for (const auto& one : imported.classes()) {
    if (indexOfSameClass(existing, one) >= 0) continue;
    LabelClass added = one;
    if (existing.indexOfId(one.id) >= 0) added.id = next;
    next = std::max(next, added.id + 1);
    if (imported.indexOfName(one.mirror) < 0 && existing.indexOfName(one.mirror) < 0) added.mirror.clear();
    classes.push_back(std::move(added));
  }
  return LabelSet(std::move(classes));
}

}  // namespace

ClassMapping mapClasses(const LabelSet& imported, const LabelSet& existing, ClassChoice choice, NewClasses newClasses) {
  ClassMapping mapping;
  if (existing.empty()) mapping.classes = firstClasses(imported, choice);
  else mapping.classes = newClasses == NewClasses::Add ? withAdded(existing, imported) : existing;
  for (const auto& one : mapping.classes.classes()) mapping.from.push_back(indexOfSameClass(imported, one));
  for (int i = 0; i < imported.size(); ++i)
    if (std::find(mapping.from.begin(), mapping.from.end(), i) == mapping.from.end()) mapping.leftOut.push_back(imported[i].name);
  return mapping;
}

Annotation remapped(const Annotation& annotation, const ClassMapping& mapping) {
  Annotation result = Annotation::empty(annotation.size, mapping.classes.size());
  result.ignore = annotation.ignore;
  for (std::size_t i = 0; i < mapping.from.size(); ++i)
    if (mapping.from[i] >= 0) result.classes[i] = annotation.classes.at(static_cast<std::size_t>(mapping.from[i]));
  return result;
}

Annotation completedBy(Annotation said, const Annotation& before) {
  if (said.size != before.size) return said;
  for (std::size_t i = 0; i < std::min(said.classes.size(), before.classes.size()); ++i)
    if (said.classes[i].state == ClassState::NotAnnotated) said.classes[i] = before.classes[i];
  if (said.ignore.empty()) said.ignore = before.ignore;
  return said;
}

Annotation mirrored(const Annotation& annotation) {
  Annotation result = annotation;
  for (auto& one : result.classes) one.mask = mirrored(one.mask);
  result.ignore = mirrored(annotation.ignore);
  return result;
}

std::optional<WristName> wristNameOf(const std::string& stem) {
  // 0001_1297860395_01_WRI-L1_M014
  static const std::regex kForm("([0-9]{4})_[0-9]{10}_[0-9]{2}_WRI-([LR])([12])_([MF])([0-9]{3})");
  std::smatch parts;
  if (stem.size() > 64 || !std::regex_match(stem, parts, kForm)) return std::nullopt;
  const std::string age = parts[5];
  return WristName{.patient = parts[1],
                   .side = parts[2].str()[0],
                   .projection = parts[3].str()[0] - '0',
                   .sex = parts[4].str()[0],
                   .ageYears = (age[0] - '0') * 100 + (age[1] - '0') * 10 + (age[2] - '0')};
}

std::string sideOf(const std::string& name, const std::string& stated) {
  const auto wrist = wristNameOf(name);
  return wrist ? std::string(1, wrist->side) : stated;
}

bool mirrorsSide(const std::string& mirror, const std::string& side) {
  return (mirror == "right" && side == "R") || (mirror == "left" && side == "L");
}

struct PatientPattern::Compiled {
  std::regex pattern;
};

PatientPattern::PatientPattern(const std::string& pattern) {
  try {
    m_compiled = std::make_unique<Compiled>(Compiled{std::regex(pattern, std::regex::ECMAScript)});
  } catch (const std::regex_error&) {
    throw Error(ErrorKind::Usage, "bad-pattern", "The pattern of --patient-from cannot be read: " + pattern + ".",
                {.remedy = "Write for example --patient-from '^([0-9]+)_' for the number before the first underscore."});
  }
}

PatientPattern::~PatientPattern() = default;

std::string PatientPattern::patientOf(const std::string& name) const {
  std::smatch match;
  const std::string part = name.substr(0, 255);
  if (!std::regex_search(part, match, m_compiled->pattern)) return "";
  return match.size() > 1 && match[1].matched ? match[1].str() : match[0].str();
}

}  // namespace roundel
