#include "train/training_set.h"

#include <cmath>

#include "core/error.h"
#include "core/hash.h"

namespace roundel {
namespace {

[[noreturn]] void refuse(const std::string& code, const std::string& message, const TrainingCase& one) {
  throw Error(ErrorKind::BadInput, code, "Case " + one.name + ": " + message, {.caseName = one.name});
}

bool fitsGrid(const Mask& mask, Size size) { return mask.runs().empty() || mask.size() == size; }

void checkCase(const TrainingSet& set, const TrainingCase& one) {
  const Size size = set.gridOf(one);
  if (!set.ofVolumes() && size != Size{set.width, set.height, 1})
    refuse("size-mismatch", "it is of another size than the set's pictures.", one);
  if (set.ofVolumes() && (one.size.x < 1 || one.size.y < 1 || one.size.z < 1))
    refuse("size-mismatch", "it is a volume without a size.", one);
  if (one.image.size() != static_cast<std::size_t>(size.count()))
    refuse(
        "size-mismatch",
        "its picture has " + std::to_string(one.image.size()) + " pixels, and the set's size needs " + std::to_string(size.count()) + ".",
        one);
  for (const float value : one.image)
    if (!std::isfinite(value)) refuse("bad-image", "its picture holds values that are no numbers.", one);
  const auto classes = static_cast<std::size_t>(set.classes.size());
  if (!one.classes.empty() && one.classes.size() != classes)
    refuse("bad-classes",
           "it has labels of " + std::to_string(one.classes.size()) + " classes, and the study has " + std::to_string(classes) + ".", one);
  if (!one.classWeight.empty() && one.classWeight.size() != classes) refuse("bad-classes", "it does not have one weight a class.", one);
  for (const float weight : one.classWeight)
    if (!(weight >= 0) || !std::isfinite(weight)) refuse("bad-classes", "a class weight is negative or no number.", one);
  for (const auto& annotation : one.classes)
    if (!fitsGrid(annotation.mask, size)) refuse("size-mismatch", "a mask has another size than the set's pictures.", one);
  if (!one.beliefs.empty() && one.beliefs.size() != one.image.size() * classes)
    refuse("size-mismatch", "what an earlier round believes of it is of another size.", one);
  if (!fitsGrid(one.ignore, size)) refuse("size-mismatch", "its ignore region has another size than the set's pictures.", one);
}

bool anythingKnown(const std::vector<TrainingCase>& cases) {
  for (const auto& one : cases)
    for (std::size_t c = 0; c < one.classes.size(); ++c)
      if (one.classes[c].state != ClassState::NotAnnotated && (one.classWeight.empty() || one.classWeight[c] > 0)) return true;
  return false;
}

void addText(Sha256& hash, const std::string& text) { hash.update(std::to_string(text.size()) + ":" + text); }

void addMask(Sha256& hash, const Mask& mask) {
  addText(hash, std::to_string(mask.runs().size()));
  hash.update(mask.runs().data(), mask.runs().size() * sizeof(Mask::Run));
}

void addCases(Sha256& hash, const std::vector<TrainingCase>& cases) {
  addText(hash, std::to_string(cases.size()));
  for (const auto& one : cases) {
    addText(hash, one.name);
    hash.update(one.image.data(), one.image.size() * sizeof(float));
    for (const auto& annotation : one.classes) {
      addText(hash, toString(annotation.state));
      addMask(hash, annotation.mask);
    }
    addMask(hash, one.ignore);
    hash.update(one.classWeight.data(), one.classWeight.size() * sizeof(float));
    if (one.size.x > 0) addText(hash, std::to_string(one.size.x) + "x" + std::to_string(one.size.y) + "x" + std::to_string(one.size.z));
    if (!one.beliefs.empty()) hash.update(one.beliefs.data(), one.beliefs.size());
  }
}

}  // namespace

void checkTrainingSet(const TrainingSet& set) {
  if (set.classes.empty()) throw Error(ErrorKind::BadInput, "bad-classes", "The study has no classes, so there is nothing to learn.");
  const int multiple = set.ofVolumes() ? 8 : 16;
  for (const int side : {set.width, set.height, set.ofVolumes() ? set.depth : 16})
    if (side < 16 || side % multiple != 0 || side > 1 << 14)
      throw Error(ErrorKind::BadInput, "size-mismatch",
                  std::string(set.ofVolumes() ? "Patches" : "Pictures") + " of " + std::to_string(set.width) + " x " +
                      std::to_string(set.height) + (set.ofVolumes() ? " x " + std::to_string(set.depth) : "") +
                      " cannot be trained on: all sides must be multiples of " + std::to_string(multiple) + ", from 16 to 16384.");
  for (const auto* cases : {&set.labelled, &set.pseudoLabelled, &set.unlabelled, &set.validation})
    for (const auto& one : *cases) checkCase(set, one);
  if (!anythingKnown(set.labelled) && !anythingKnown(set.pseudoLabelled))
    throw Error(ErrorKind::BadInput, "no-labels", "No case has labels, so there is nothing to learn from.",
                {.remedy = "Label at least one case, or check the split."});
}

std::string contentHash(const TrainingSet& set) {
  Sha256 hash;
  addText(hash, std::to_string(set.width) + "x" + std::to_string(set.height));
  if (set.ofVolumes()) addText(hash, std::to_string(set.depth) + " " + Json(set.spacingMm).dump());
  addText(hash, toJson(set.classes).dump());
  addText(hash, set.pixelPipeline.dump());
  for (const auto* cases : {&set.labelled, &set.pseudoLabelled, &set.unlabelled, &set.validation}) addCases(hash, *cases);
  return hash.hex();
}

}  // namespace roundel
