#pragma once
#include <string>

#include "report/run_report.h"

namespace roundel {

/// Best, median and worst cases of the last round as overlays: the machine's masks in their classes' colours, the truth's
/// outline in white, and the prompts that were asked. Test cases where they were refined, else pseudo-labels.
std::string casePictures(const RunReport& report, const std::filesystem::path& runFolder, const ImageLoader& loader,
                         const PngEncoder& encode, Job& job);

/// Loss and validation Dice over the steps of every round's trainings.
std::string trainingCurves(const RunReport& report, const std::filesystem::path& runFolder);

}  // namespace roundel
