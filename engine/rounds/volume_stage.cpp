#include "rounds/volume_stage.h"

#include <algorithm>

#include "core/error.h"
#include "core/machine_memory.h"

namespace roundel {
namespace {

/// Voxels of a labelled case's labels that lie outside of its crop: they should not.
void warnOfLabelsCutAway(const RunContext& context, int index, Job& job) {
  const auto labels = context.data.annotation(index);
  std::int64_t lost = 0;
  for (const auto& one : labels->classes)
    if (one.state == ClassState::Present)
      lost += one.mask.area() - cropped(one.mask, context.data.volumes().cases[static_cast<std::size_t>(index)].crop).area();
  const std::string& name = context.plan.cases[static_cast<std::size_t>(index)].name;
  if (lost > 0)
    job.warning({.code = "labels-cut",
                 .caseName = name,
                 .message = std::to_string(lost) + " labelled voxels of " + name +
                            " lie outside the foreground and were cut away; keep them with --set volume_margin_mm=20 or "
                            "--set volume_crop=none."});
}

/// What a training holds of all its volumes, and what a prediction of the largest takes beside the volume itself.
std::uint64_t bytesNeeded(const RunContext& context) {
  const auto classes = static_cast<std::uint64_t>(context.plan.classes.size());
  const bool beliefs = context.strategy.targets == RoundTargets::Beliefs;
  std::uint64_t held = 0, largest = 0;
  for (std::size_t i = 0; i < context.plan.cases.size(); ++i) {
    const PlannedCase& planned = context.plan.cases[i];
    const auto voxels = static_cast<std::uint64_t>(context.data.volumes().cases[i].size.count());
    const std::uint64_t planes = (classes + 7) / 8 + 1;
    // Twice: as they were prepared, and as the trainer has them.
    if (planned.part != SplitPart::Test) held += voxels * (8 + planes);
    if (planned.part == SplitPart::Unlabelled && beliefs) held += voxels * classes * 2;
    largest = std::max(largest, voxels * (classes * 8 + 12) + static_cast<std::uint64_t>(planned.size.count()) * 8);
  }
  return std::max(held, largest);
}

}  // namespace

void prepareVolumes(const RunContext& context, Job& job) {
  job.log("Preparing the volumes");
  const VolumeWork& work = context.data.volumes();
  job.log("Patches of " + std::to_string(work.patch[0]) + " x " + std::to_string(work.patch[1]) + " x " + std::to_string(work.patch[2]) +
          " voxels");
  for (const int index : context.plan.casesOf(SplitPart::Labelled)) {
    job.throwIfStopped();
    warnOfLabelsCutAway(context, index, job);
  }
  const std::uint64_t need = bytesNeeded(context), have = freeMachineMemory();
  if (need > have)
    throw Error(ErrorKind::Resource, "out-of-memory",
                "The volumes of this run need about " + std::to_string(need >> 20) +
                    " MB of memory while a specialist learns from them, and " + std::to_string(have >> 20) + " MB are free.",
                {.remedy = "Bring them to larger voxels (--set volume_spacing=2,2,2), or split again with fewer unlabelled cases."});
}

}  // namespace roundel
