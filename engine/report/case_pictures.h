#pragma once
#include <string>

#include "report/run_report.h"

namespace roundel {

/// Best, median and worst cases of the last round as overlays: the machine's masks in their classes' colours, the truth's
/// outline in white, and the prompts that were asked. Test cases where they were refined, else pseudo-labels.
std::vector<ReportBlock> casePictures(const RunReport& report, const std::filesystem::path& runFolder, const ImageLoader& loader, Job& job);

/// Loss and validation Dice over the steps of every round's trainings.
std::vector<ReportBlock> trainingCurves(const RunReport& report, const std::filesystem::path& runFolder);

}  // namespace roundel
