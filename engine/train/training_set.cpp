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
  const Size size{set.width, set.height, 1};
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
  }
}

}  // namespace

void checkTrainingSet(const TrainingSet& set) {
  if (set.classes.empty()) throw Error(ErrorKind::BadInput, "bad-classes", "The study has no classes, so there is nothing to learn.");
  if (set.width < 16 || set.height < 16 || set.width % 16 != 0 || set.height % 16 != 0 || set.width > 1 << 14 || set.height > 1 << 14)
    throw Error(ErrorKind::BadInput, "size-mismatch",
                "Pictures of " + std::to_string(set.width) + " x " + std::to_string(set.height) +
                    " cannot be trained on: both sides must be multiples of 16, from 16 to 16384.");
  for (const auto* cases : {&set.labelled, &set.pseudoLabelled, &set.unlabelled, &set.validation})
    for (const auto& one : *cases) checkCase(set, one);
  if (!anythingKnown(set.labelled) && !anythingKnown(set.pseudoLabelled))
    throw Error(ErrorKind::BadInput, "no-labels", "No case has labels, so there is nothing to learn from.",
                {.remedy = "Label at least one case, or check the split."});
}

std::string contentHash(const TrainingSet& set) {
  Sha256 hash;
  addText(hash, std::to_string(set.width) + "x" + std::to_string(set.height));
  addText(hash, toJson(set.classes).dump());
  addText(hash, set.pixelPipeline.dump());
  for (const auto* cases : {&set.labelled, &set.pseudoLabelled, &set.unlabelled, &set.validation}) addCases(hash, *cases);
  return hash.hex();
}

}  // namespace roundel
