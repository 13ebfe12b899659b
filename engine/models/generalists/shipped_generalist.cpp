#include "models/generalists/shipped_generalist.h"

#include "models/generalists/crop_generalist.h"
#include "models/generalists/cube_generalist.h"

namespace roundel {

std::unique_ptr<Generalist> shippedGeneralist(const ShippedModel& model, const Params& params, const std::string& device, int threads) {
  if (model.dimensions == 3) return std::make_unique<CubeGeneralist>(model, params, device, threads);
  return std::make_unique<CropGeneralist>(model, params, device, threads);
}

std::vector<ParamSpec> shippedGeneralistParams(const ShippedModel& model) {
  return model.dimensions == 3 ? CubeGeneralist::params() : CropGeneralist::params();
}

}  // namespace roundel
