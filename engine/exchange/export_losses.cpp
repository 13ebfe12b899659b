#include "exchange/export_losses.h"

#include <string_view>

#include "core/files.h"

namespace roundel {
namespace {

std::string pixels(std::int64_t count) { return std::to_string(count) + (count == 1 ? " pixel" : " pixels"); }

}  // namespace

std::string imageReference(const ExportedCase& one) { return one.reference.empty() ? displayPath(one.image.filename()) : one.reference; }

std::vector<std::string> notAnnotatedNames(const Annotation& annotation, const LabelSet& classes) {
  std::vector<std::string> names;
  for (int i = 0; i < classes.size(); ++i)
    if (annotation.classes[static_cast<std::size_t>(i)].state == ClassState::NotAnnotated) names.push_back(classes[i].name);
  return names;
}

void reportLosses(ExportReport& report, const std::string& format, FormatAbility ability, const ExportedCase& one, const LabelSet& classes,
                  std::int64_t overlapPixels) {
  if (ability.overlap == FormatAbility::Overlap::Lost && overlapPixels > 0) {
    report.overlapPixelsLost += overlapPixels;
    report.warnings.push_back({"overlap-lost", one.name,
                               format + " holds one class a pixel: " + pixels(overlapPixels) + " of " + one.name +
                                   " that belong to several classes went to the first of them. COCO and class-masks keep them."});
  }
  const auto names = notAnnotatedNames(one.annotation, classes);
  if (ability.notAnnotated == FormatAbility::NotAnnotated::BecomesBackground && !names.empty()) {
    std::string list;
    for (std::size_t i = 0; i < names.size() && i < 5; ++i) list += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > 5) list += " and " + std::to_string(names.size() - 5) + " more";
    report.warnings.push_back(
        {"not-annotated-lost", one.name,
         format + " cannot say that a class is not annotated: in " + one.name + " others will read as absent: " + list + "."});
  }
  if (ability.ignore == FormatAbility::Ignore::Lost && !one.annotation.ignore.empty())
    report.warnings.push_back(
        {"ignore-lost", one.name,
         format + " cannot hold a region to ignore: " + pixels(one.annotation.ignore.area()) + " of " + one.name + " were left out."});
}

std::string fileNameOf(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool refused = byte < 0x20 || byte == 0x7F || std::string_view("/\\:*?\"<>|").find(c) != std::string_view::npos;
    name.push_back(refused ? '_' : c);
  }
  if (name.empty() || name.front() == '.') name.insert(name.begin(), '_');
  return name;
}

}  // namespace roundel
