#include "train/case_tensors.h"

#include <cmath>

namespace roundel {

using torch::Tensor;

Normalisation normalisationOf(const TrainingSet& set) {
  const auto& cases = set.labelled.empty() ? set.pseudoLabelled : set.labelled;
  double sum = 0, squares = 0, count = 0;
  for (const auto& one : cases)
    for (const float value : one.image) {
      sum += static_cast<double>(value);
      squares += static_cast<double>(value) * static_cast<double>(value);
      count += 1;
    }
  if (count == 0) return {};
  const double mean = sum / count, deviation = std::sqrt(std::max(0.0, squares / count - mean * mean));
  return {mean, deviation < 1e-6 ? 1.0 : deviation};
}

CaseTensors CaseTensors::to(torch::Device device) const {
  CaseTensors moved = *this;
  if (images.defined()) {
    moved.images = images.to(device);
    moved.planes = planes.to(device);
    moved.classWeight = classWeight.to(device);
  }
  return moved;
}

namespace {

void fillCase(const TrainingCase& one, const TrainingSet& set, const Normalisation& normalisation, std::int64_t index, CaseTensors& out) {
  const auto pixels = static_cast<std::size_t>(set.width) * static_cast<std::size_t>(set.height);
  float* image = out.images.mutable_data_ptr<float>() + static_cast<std::size_t>(index) * pixels;
  for (std::size_t i = 0; i < pixels; ++i)
    image[i] = static_cast<float>((static_cast<double>(one.image[i]) - normalisation.mean) / normalisation.deviation);
  const auto planeCount = static_cast<std::size_t>(out.planes.size(1));
  std::uint8_t* planes = out.planes.mutable_data_ptr<std::uint8_t>() + static_cast<std::size_t>(index) * planeCount * pixels;
  const auto paint = [&](const Mask& mask, std::size_t plane, unsigned bit) {
    for (const auto& run : mask.runs())
      for (std::int64_t i = run.start; i < run.start + run.length; ++i)
        planes[plane * pixels + static_cast<std::size_t>(i)] |= static_cast<std::uint8_t>(1u << bit);
  };
  float* weights = out.classWeight.mutable_data_ptr<float>() + index * out.classCount;
  for (std::size_t c = 0; c < one.classes.size(); ++c) {
    if (one.classes[c].state == ClassState::NotAnnotated) continue;
    weights[c] = one.classWeight.empty() ? 1.0f : one.classWeight[c];
    if (one.classes[c].state == ClassState::Present) paint(one.classes[c].mask, c / 8, static_cast<unsigned>(c % 8));
  }
  if (!one.ignore.empty()) {
    out.anyIgnored = true;
    paint(one.ignore, planeCount - 1, 0);
  }
}

}  // namespace

CaseTensors makeCaseTensors(const std::vector<const TrainingCase*>& cases, const TrainingSet& set, const Normalisation& normalisation) {
  const auto count = static_cast<std::int64_t>(cases.size());
  CaseTensors out;
  out.classCount = set.classes.size();
  const std::int64_t planes = (out.classCount + 7) / 8 + 1;
  out.images = torch::empty({count, 1, set.height, set.width}, torch::kFloat);
  out.planes = torch::zeros({count, planes, set.height, set.width}, torch::kByte);
  out.classWeight = torch::zeros({count, out.classCount}, torch::kFloat);
  for (std::int64_t i = 0; i < count; ++i) fillCase(*cases[static_cast<std::size_t>(i)], set, normalisation, i, out);
  return out;
}

std::uint64_t bytesOfCases(std::int64_t count, const TrainingSet& set) {
  const std::uint64_t pixels = static_cast<std::uint64_t>(set.width) * static_cast<std::uint64_t>(set.height);
  return static_cast<std::uint64_t>(count) * pixels * (4 + static_cast<std::uint64_t>(set.classes.size() + 7) / 8 + 1);
}

LossTarget targetOf(const Tensor& planes, const Tensor& classWeight, bool anyIgnored) {
  const std::int64_t last = planes.size(1) - 1;
  return {.planes = planes.narrow(1, 0, last), .classWeight = classWeight, .ignored = anyIgnored ? planes.narrow(1, last, 1) : Tensor()};
}

Tensor positiveWeights(const CaseTensors& cases, double cap) {
  Tensor positive = torch::zeros({cases.classCount}, torch::kDouble), total = torch::zeros({cases.classCount}, torch::kDouble);
  for (std::int64_t i = 0; i < cases.size(); ++i) {
    const LossTarget target = targetOf(cases.planes.narrow(0, i, 1), cases.classWeight.narrow(0, i, 1), cases.anyIgnored);
    const Tensor labels = target.labels();
    const Tensor judged = target.ignored.defined() ? 1 - target.ignored : torch::ones({1, 1, 1, 1}, labels.options());
    const Tensor annotated = (target.classWeight[0] > 0).to(torch::kDouble).cpu();
    const double pixels = static_cast<double>(cases.planes.size(2) * cases.planes.size(3)) / static_cast<double>(judged.numel());
    positive += annotated * (labels * judged).sum({0, 2, 3}).to(torch::kDouble).cpu();
    total += annotated * judged.sum().to(torch::kDouble).cpu() * pixels;
  }
  Tensor ratio = torch::where(positive > 0, (total - positive) / positive.clamp_min(1), torch::ones_like(positive)).clamp_min(1e-3);
  if (cap > 0) ratio = ratio.clamp_max(cap);
  return ratio.to(torch::kFloat).to(cases.images.device());
}

}  // namespace roundel
