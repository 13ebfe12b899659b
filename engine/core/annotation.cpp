#include "core/annotation.h"

#include "core/document.h"
#include "core/error.h"
#include "core/hash.h"

namespace roundel {

std::string toString(ClassState state) {
  switch (state) {
    case ClassState::NotAnnotated: return "not-annotated";
    case ClassState::Absent: return "absent";
    case ClassState::Present: return "present";
  }
  return "";
}

ClassState classStateFromString(const std::string& text) {
  if (text == "not-annotated") return ClassState::NotAnnotated;
  if (text == "absent") return ClassState::Absent;
  if (text == "present") return ClassState::Present;
  throw Error(ErrorKind::BadInput, "bad-document", "Unknown state of a class: " + text + ".");
}

Annotation Annotation::empty(Size size, int classCount) {
  Annotation annotation{.size = size, .classes = {}, .ignore = Mask(size)};
  annotation.classes.assign(static_cast<std::size_t>(classCount), {ClassState::NotAnnotated, Mask(size)});
  return annotation;
}

void Annotation::set(int classIndex, Mask mask) {
  if (mask.size() != size) throw Error(ErrorKind::BadInput, "size-mismatch", "A mask and its image have different sizes.");
  auto& one = classes.at(static_cast<std::size_t>(classIndex));
  one.state = mask.empty() ? ClassState::Absent : ClassState::Present;
  one.mask = std::move(mask);
}

bool Annotation::anyAnnotated() const {
  for (const auto& one : classes)
    if (one.state != ClassState::NotAnnotated) return true;
  return false;
}

Json toJson(const Annotation& annotation) {
  Json classes = Json::array();
  for (const auto& one : annotation.classes) {
    Json json = {{"state", toString(one.state)}};
    if (one.state == ClassState::Present) json["mask"] = toJson(one.mask);
    classes.push_back(std::move(json));
  }
  Json json = {{"size", {annotation.size.x, annotation.size.y, annotation.size.z}}, {"classes", std::move(classes)}};
  if (!annotation.ignore.empty()) json["ignore"] = toJson(annotation.ignore);
  return json;
}

Annotation annotationFromJson(const Json& json) {
  return readDocument("annotation", [&] {
    Annotation annotation = Annotation::empty(sizeFromJson(json.at("size")), static_cast<int>(json.at("classes").size()));
    int index = 0;
    for (const auto& one : json.at("classes")) {
      const ClassState state = classStateFromString(one.at("state").get<std::string>());
      if (state == ClassState::Present) annotation.set(index, maskFromJson(one.at("mask")));
      annotation.classes[static_cast<std::size_t>(index)].state = state;
      ++index;
    }
    if (json.contains("ignore")) annotation.ignore = maskFromJson(json["ignore"]);
    if (annotation.ignore.size() != annotation.size)
      throw Error(ErrorKind::BadInput, "size-mismatch", "A region to ignore and its image have different sizes.");
    return annotation;
  });
}

std::string contentHash(const Annotation& annotation) { return sha256Hex(toJson(annotation).dump()); }

}  // namespace roundel
