#include "train/validation.h"

namespace roundel {

using torch::Tensor;

double validationDice(const SpecialistNetwork& network, const CaseTensors& cases, torch::Device device, torch::ScalarType type,
                      std::int64_t batch) {
  const torch::NoGradGuard guard;
  double sum = 0, count = 0;
  for (std::int64_t first = 0; first < cases.size(); first += batch) {
    const std::int64_t many = std::min(batch, cases.size() - first);
    const Tensor images = cases.images.narrow(0, first, many).to(device, type);
    const LossTarget target =
        targetOf(cases.planes.narrow(0, first, many).to(device), cases.classWeight.narrow(0, first, many).to(device), cases.anyIgnored);
    Tensor predicted = (network.forward(images) > 0).to(torch::kByte), truth = target.labels();
    if (target.ignored.defined()) {
      predicted = predicted * (1 - target.ignored);
      truth = truth * (1 - target.ignored);
    }
    const Tensor present = truth.sum({2, 3}).to(torch::kDouble);
    const Tensor overlap = (predicted * truth).sum({2, 3}).to(torch::kDouble), found = predicted.sum({2, 3}).to(torch::kDouble);
    const Tensor counts = (present > 0).logical_and(target.classWeight > 0).to(torch::kDouble);
    sum += (2 * overlap / (present + found).clamp_min(1) * counts).sum().item<double>();
    count += counts.sum().item<double>();
  }
  return count > 0 ? sum / count : -1;
}

}  // namespace roundel
