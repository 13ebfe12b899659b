#pragma once
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "core/param_spec.h"
#include "refine/classical_embedding.h"
#include "refine/seeds.h"

namespace roundel {

/// What random walker and graph cut have in common: the parameters of their seeds, and how settings become an identity.
std::vector<ParamSpec> seedParams(const SeedSettings& defaults);
SeedSettings seedSettingsFrom(const Params& params);
ParamSpec contrastParam();
Contrast contrastFrom(const Params& params);

std::string fingerprint(std::initializer_list<double> values);
std::string seedFingerprint(const SeedSettings& settings);

/// A soft mask of the image's size as mask prompt. Throws Error(Defect, "size-mismatch").
LowResLogits maskPromptFrom(const ClassicalEmbedding& embedding, std::span<const float> probability);

}  // namespace roundel
