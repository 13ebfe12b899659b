#include "core/label_set.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/error.h"

namespace roundel {
namespace {

/// Colours far from each other: steps of the golden angle around the hue circle, at two brightnesses.
std::array<std::uint8_t, 3> colourOf(int index) {
  const double hue = std::fmod(index * 0.61803398875, 1.0) * 6.0;
  const double value = index % 2 == 0 ? 1.0 : 0.75;
  const double saturation = 0.75;
  const auto channel = [&](double offset) {
    const double k = std::fmod(offset + hue, 6.0);
    const double level = value - value * saturation * std::max(0.0, std::min({k, 4.0 - k, 1.0}));
    return static_cast<std::uint8_t>(std::lround(level * 255.0));
  };
  return {channel(5), channel(3), channel(1)};
}

LabelSet teeth() {
  std::vector<LabelClass> classes;
  constexpr std::array<int, 4> kMirrorQuadrant{2, 1, 4, 3};
  for (int quadrant = 1; quadrant <= 4; ++quadrant)
    for (int tooth = 1; tooth <= 8; ++tooth) {
      const int number = quadrant * 10 + tooth;
      const int mirrored = kMirrorQuadrant[static_cast<std::size_t>(quadrant - 1)] * 10 + tooth;
      classes.push_back({number, std::to_string(number), colourOf(static_cast<int>(classes.size())), std::to_string(mirrored),
                         "FDI " + std::to_string(number)});
    }
  return LabelSet(std::move(classes));
}

LabelSet wristBones() {
  const std::vector<std::string> names{"Epiphyse Radius",
                                       "Epiphyse Ulna",
                                       "Os capitatum",
                                       "Os hamatum",
                                       "Os lunatum",
                                       "Os pisiforme",
                                       "Os scaphoideum",
                                       "Os trapezium",
                                       "Os trapezoideum",
                                       "Os triquetrum",
                                       "Ossa metacarpalia I",
                                       "Ossa metacarpalia II",
                                       "Ossa metacarpalia III",
                                       "Ossa metacarpalia IV",
                                       "Ossa metacarpalia V",
                                       "Radius",
                                       "Ulna"};
  std::vector<LabelClass> classes;
  for (const auto& name : names) {
    const int index = static_cast<int>(classes.size());
    classes.push_back({index + 1, name, colourOf(index)});
  }
  return LabelSet(std::move(classes));
}

}  // namespace

LabelSet::LabelSet(std::vector<LabelClass> classes) : m_classes(std::move(classes)) {
  std::set<std::string> names;
  std::set<std::int64_t> ids;
  for (const auto& one : m_classes) {
    if (one.name.empty()) throw Error(ErrorKind::BadInput, "bad-classes", "A class has no name.");
    if (!names.insert(one.name).second) throw Error(ErrorKind::BadInput, "bad-classes", "Two classes are named " + one.name + ".");
    if (one.id < 1) throw Error(ErrorKind::BadInput, "bad-classes", "The class " + one.name + " has an id below 1; 0 is the background.");
    if (!ids.insert(one.id).second)
      throw Error(ErrorKind::BadInput, "bad-classes", "Two classes have the id " + std::to_string(one.id) + ".");
  }
  for (const auto& one : m_classes)
    if (!one.mirror.empty() && !names.contains(one.mirror))
      throw Error(ErrorKind::BadInput, "bad-classes", "The class " + one.name + " is mirrored to " + one.mirror + ", which is no class.");
}

int LabelSet::indexOfName(const std::string& name) const {
  for (int i = 0; i < size(); ++i)
    if ((*this)[i].name == name) return i;
  return -1;
}

int LabelSet::indexOfId(std::int64_t id) const {
  for (int i = 0; i < size(); ++i)
    if ((*this)[i].id == id) return i;
  return -1;
}

std::vector<int> LabelSet::mirrorIndices() const {
  std::vector<int> indices;
  for (int i = 0; i < size(); ++i) indices.push_back((*this)[i].mirror.empty() ? i : indexOfName((*this)[i].mirror));
  return indices;
}

Json toJson(const LabelSet& classes) {
  Json list = Json::array();
  for (const auto& one : classes.classes()) {
    Json json = {{"id", one.id}, {"name", one.name}, {"colour", one.colour}};
    if (!one.mirror.empty()) json["mirror"] = one.mirror;
    if (!one.code.empty()) json["code"] = one.code;
    list.push_back(std::move(json));
  }
  return list;
}

LabelSet labelSetFromJson(const Json& json) {
  try {
    std::vector<LabelClass> classes;
    for (const auto& one : json) {
      LabelClass label{.id = one.value("id", static_cast<std::int64_t>(classes.size() + 1)), .name = one.at("name").get<std::string>()};
      label.colour = one.contains("colour") ? one["colour"].get<std::array<std::uint8_t, 3>>() : colourOf(static_cast<int>(classes.size()));
      label.mirror = one.value("mirror", "");
      label.code = one.value("code", "");
      classes.push_back(std::move(label));
    }
    return LabelSet(std::move(classes));
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorKind::BadInput, "bad-classes", "The class list is not of the expected form.",
                {.remedy = "Write a JSON list such as [{\"id\": 1, \"name\": \"Radius\", \"colour\": [255, 0, 0]}]."});
  }
}

LabelSet paletteClasses(const std::string& palette) {
  if (palette == "fdi") return teeth();
  if (palette == "carpal") return wristBones();
  throw Error(ErrorKind::Usage, "unknown-palette", "There is no palette named " + palette + ".", {.remedy = "Known: fdi, carpal."});
}

}  // namespace roundel
