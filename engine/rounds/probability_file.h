#pragma once
#include <filesystem>

#include "core/prediction.h"

namespace roundel {

/// A prediction on disk: probabilities in steps of 1/255 (0.5 is kept apart: what is above it stays above, what is not stays
/// below), deflated. A tenth of the floats' size before, a hundredth after; most of a prediction is empty.
void writeProbabilities(const std::filesystem::path& path, const Prediction& prediction);
/// Throws Error(BadInput, "bad-document") where the file is damaged.
Prediction readProbabilities(const std::filesystem::path& path);

/// The same prediction after a round trip, without the disk.
Prediction quantised(Prediction prediction);

}  // namespace roundel
