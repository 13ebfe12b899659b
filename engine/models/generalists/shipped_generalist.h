#pragma once
#include <memory>
#include <string>

#include "core/param_spec.h"
#include "models/generalist.h"
#include "models/generalists/shipped_models.h"

namespace roundel {

/// The generalist of such weights, by the dimensions that its card says: CropGeneralist or CubeGeneralist. Weights are read when they are
/// first used.
std::unique_ptr<Generalist> shippedGeneralist(const ShippedModel& model, const Params& params, const std::string& device, int threads);
std::vector<ParamSpec> shippedGeneralistParams(const ShippedModel& model);

}  // namespace roundel
