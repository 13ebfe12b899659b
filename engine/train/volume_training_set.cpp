#include "train/volume_training_set.h"

#include <algorithm>
#include <charconv>

#include "core/error.h"
#include "core/files.h"
#include "models/specialists/nnunet_stages.h"

namespace roundel {
namespace {

constexpr std::int64_t kMultiple = 16;

std::int64_t rounded(std::int64_t side) { return std::max(kMultiple, (side + kMultiple - 1) / kMultiple * kMultiple); }

TrainingCase trainingCase(const PreparedVolume& one) {
  return {.name = one.name, .image = one.image, .classes = one.classes, .ignore = one.ignore, .size = one.geometry.size};
}

}  // namespace

PatchSize patchFor(const std::vector<Size>& sizes, std::int64_t mostVoxels) {
  std::array<std::vector<std::int64_t>, 3> sides;
  for (const Size& one : sizes) sides[0].push_back(one.x), sides[1].push_back(one.y), sides[2].push_back(one.z);
  PatchSize patch{kMultiple, kMultiple, kMultiple};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (sides[axis].empty()) continue;
    std::sort(sides[axis].begin(), sides[axis].end());
    patch[axis] = rounded(sides[axis][sides[axis].size() / 2]);
  }
  while (patch[0] * patch[1] * patch[2] > mostVoxels) {
    auto longest = std::max_element(patch.begin(), patch.end());
    if (*longest <= kMultiple) break;
    *longest -= kMultiple;
  }
  return patch;
}

PatchSize patchOf(const Json& given, const std::string& preset, const std::vector<Size>& labelled) {
  const std::string text = given.is_object() ? given.value("patch", "auto") : "auto";
  if (text != "auto") return patchFrom(text);
  const std::int64_t side = preset == "quick" ? 64 : preset == "standard" ? 96 : 128;
  return patchFor(labelled, side * side * side);
}

std::vector<Size> labelledSizes(const PreparedVolumes& study) {
  std::vector<Size> sizes;
  for (const auto& one : study.cases)
    if (one.split == "labelled") sizes.push_back(one.geometry.size);
  return sizes;
}

PatchSize patchFrom(const std::string& text) {
  PatchSize patch{};
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto [next, code] = std::from_chars(at, end, patch[axis]);
    const bool last = axis == 2;
    if (code != std::errc() || patch[axis] < kMultiple || patch[axis] > 4096 || (last ? next != end : next == end || *next != ','))
      throw Error(ErrorKind::Usage, "bad-parameter",
                  "The parameter patch is three whole numbers from 16, columns, rows and slices, separated by commas, or auto; not " +
                      sanitisedUtf8(text) + ".");
    at = last ? next : next + 1;
  }
  return patch;
}

bool hasPlannedStages(const TrainPlan& plan) { return plan.specialist == "nnunet-like-3d" && plan.params.at("nnunet_stages") == "auto"; }

void planStages(TrainPlan& plan, const PatchSize& patch, const std::optional<std::array<double, 3>>& spacingMm) {
  if (!hasPlannedStages(plan)) return;
  const std::array<double, 3> spacing = spacingMm.value_or(std::array<double, 3>{});
  plan.params["nnunet_stages"] = nnunetStagesText(nnunetStages({patch[2], patch[1], patch[0]}, {spacing[2], spacing[1], spacing[0]}));
}

TrainingSet trainingSetOf(const PreparedVolumes& study, const PatchSize& patch, const std::string& part) {
  TrainingSet set{.width = static_cast<int>(patch[0]),
                  .height = static_cast<int>(patch[1]),
                  .depth = static_cast<int>(patch[2]),
                  .classes = study.classes,
                  .pixelPipeline = {{"volume_preparation", toJson(study.preparation)}}};
  for (const auto& one : study.cases) {
    if (one.split == part) set.labelled.push_back(trainingCase(one));
    if (one.split == "unlabelled" && part == "labelled") set.unlabelled.push_back(trainingCase(one));
    if (one.split == "validation" && !one.classes.empty()) set.validation.push_back(trainingCase(one));
  }
  return set;
}

}  // namespace roundel
