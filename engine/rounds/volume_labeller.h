#pragma once
#include <string>
#include <vector>

#include "rounds/labeller.h"
#include "rounds/run_context.h"

namespace roundel {

/// Refines a volume's cleaned prediction slice by slice with generalists that look at pictures: prompts, answers and their quality as of
/// pictures, for every slice that a class is on. All on the volume's own grid; agreement is that of whole masks, scores and stability are
/// means over slices. Without generalists the cleaned prediction as it is.
CasePseudoLabels refineSlices(const Labeller& labeller, const std::string& caseName, const Image& volume, const Prediction& prediction,
                              const CleanedCase& cleaned, Job& job);

/// The same with generalists that look at volumes as a whole, each class asked about with clicks and with its soft mask: what their mean
/// says is the mask, and where they did not look the cleaned prediction stays.
CasePseudoLabels refineWhole(const Labeller& labeller, const std::string& caseName, const Image& volume, const Prediction& prediction,
                             const CleanedCase& cleaned, Job& job);
/// By whichever the labeller has.
CasePseudoLabels refineVolume(const Labeller& labeller, const std::string& caseName, const Image& volume, const Prediction& prediction,
                              const CleanedCase& cleaned, Job& job);

/// Labeller::refine for a case of a run: pictures with the prompts made before, volumes slice by slice. Masks on the image's grid.
CasePseudoLabels refineCase(const RunContext& context, const Labeller& labeller, int caseIndex, const Prediction& prediction,
                            const CleanedCase& cleaned, const std::vector<ClassPrompts>& prompts, Job& job);

/// Labeller::label likewise.
CasePseudoLabels labelCase(const RunContext& context, const Labeller& labeller, int caseIndex, const Prediction& prediction, Job& job);

}  // namespace roundel
