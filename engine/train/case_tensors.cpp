#include "train/case_tensors.h"

#include <algorithm>
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
  for (Tensor* tensor : {&moved.images, &moved.planes, &moved.beliefs, &moved.classWeight})
    if (tensor->defined()) *tensor = tensor->to(device);
  for (CaseTensor& one : moved.volumes)
    for (Tensor* tensor : {&one.image, &one.planes, &one.beliefs})
      if (tensor->defined()) *tensor = tensor->to(device);
  return moved;
}

namespace {

/// Paints a mask's runs as one bit of one plane.
void paint(const Mask& mask, std::uint8_t* plane, unsigned bit) {
  for (const auto& run : mask.runs())
    for (std::int64_t i = run.start; i < run.start + run.length; ++i) plane[i] |= static_cast<std::uint8_t>(1u << bit);
}

/// Image, planes and beliefs of a case, into memory that is there.
void fillCase(const TrainingCase& one, const Normalisation& normalisation, Labels labels, const CaseTensor& out) {
  float* image = out.image.mutable_data_ptr<float>();
  for (std::size_t i = 0; i < one.image.size(); ++i)
    image[i] = static_cast<float>((static_cast<double>(one.image[i]) - normalisation.mean) / normalisation.deviation);
  if (out.beliefs.defined() && !one.beliefs.empty())
    std::copy(one.beliefs.begin(), one.beliefs.end(), out.beliefs.mutable_data_ptr<std::uint8_t>());
  if (labels == Labels::Unread) return;
  std::uint8_t* planes = out.planes.mutable_data_ptr<std::uint8_t>();
  for (std::size_t c = 0; c < one.classes.size(); ++c)
    if (one.classes[c].state == ClassState::Present)
      paint(one.classes[c].mask, planes + c / 8 * one.image.size(), static_cast<unsigned>(c % 8));
  if (!one.ignore.empty()) paint(one.ignore, planes + static_cast<std::size_t>(out.planes.size(0) - 1) * one.image.size(), 0);
}

/// One row of the class weights.
void fillWeights(const TrainingCase& one, float* weights) {
  for (std::size_t c = 0; c < one.classes.size(); ++c)
    if (one.classes[c].state != ClassState::NotAnnotated) weights[c] = one.classWeight.empty() ? 1.0f : one.classWeight[c];
}

}  // namespace

CaseTensors makeCaseTensors(const std::vector<const TrainingCase*>& cases, const TrainingSet& set, const Normalisation& normalisation,
                            Labels labels) {
  const auto count = static_cast<std::int64_t>(cases.size());
  CaseTensors out;
  out.classCount = set.classes.size();
  const std::int64_t planes = (out.classCount + 7) / 8 + 1;
  out.anyBeliefs = std::any_of(cases.begin(), cases.end(), [](const TrainingCase* one) { return !one->beliefs.empty(); });
  out.classWeight = torch::zeros({count, out.classCount}, torch::kFloat);
  if (!set.ofVolumes()) {
    out.images = torch::empty({count, 1, set.height, set.width}, torch::kFloat);
    out.planes = torch::zeros({count, planes, set.height, set.width}, torch::kByte);
    if (out.anyBeliefs) out.beliefs = torch::full({count, out.classCount, set.height, set.width}, 127, torch::kByte);
  }
  for (std::int64_t i = 0; i < count; ++i) {
    const TrainingCase& one = *cases[static_cast<std::size_t>(i)];
    CaseTensor own;
    if (set.ofVolumes()) {
      const Size size = set.gridOf(one);
      own = {torch::empty({1, size.z, size.y, size.x}, torch::kFloat), torch::zeros({planes, size.z, size.y, size.x}, torch::kByte), {}};
      if (out.anyBeliefs) own.beliefs = torch::full({out.classCount, size.z, size.y, size.x}, 127, torch::kByte);
      out.volumes.push_back(own);
    } else {
      own = {out.images[i], out.planes[i], out.anyBeliefs ? out.beliefs[i] : Tensor()};
    }
    fillCase(one, normalisation, labels, own);
    if (labels == Labels::Unread) continue;
    fillWeights(one, out.classWeight.mutable_data_ptr<float>() + i * out.classCount);
    out.anyIgnored = out.anyIgnored || !one.ignore.empty();
  }
  return out;
}

CaseTensors joined(const CaseTensors& first, const CaseTensors& second) {
  if (second.size() == 0) return first;
  CaseTensors all = first;
  all.classWeight = torch::cat({first.classWeight, second.classWeight});
  all.volumes.insert(all.volumes.end(), second.volumes.begin(), second.volumes.end());
  if (first.images.defined()) {
    all.images = torch::cat({first.images, second.images});
    all.planes = torch::cat({first.planes, second.planes});
  }
  all.beliefs = Tensor();
  all.anyBeliefs = false;
  all.anyIgnored = first.anyIgnored || second.anyIgnored;
  return all;
}

std::uint64_t bytesOf(const CaseTensors& cases) {
  std::uint64_t bytes = 0;
  const auto add = [&](const Tensor& tensor) { bytes += tensor.defined() ? tensor.nbytes() : 0; };
  add(cases.images), add(cases.planes), add(cases.beliefs);
  for (const CaseTensor& one : cases.volumes) add(one.image), add(one.planes), add(one.beliefs);
  return bytes;
}

LossTarget targetOf(const Tensor& planes, const Tensor& classWeight, bool anyIgnored) {
  const std::int64_t last = planes.size(1) - 1;
  return {.planes = planes.narrow(1, 0, last), .classWeight = classWeight, .ignored = anyIgnored ? planes.narrow(1, last, 1) : Tensor()};
}

Tensor positiveWeights(const CaseTensors& cases, double cap) {
  Tensor positive = torch::zeros({cases.classCount}, torch::kDouble), total = torch::zeros({cases.classCount}, torch::kDouble);
  for (std::int64_t i = 0; i < cases.size(); ++i) {
    const Tensor planes =
        cases.ofVolumes() ? cases.volumes[static_cast<std::size_t>(i)].planes.flatten(1, 2).unsqueeze(0) : cases.planes.narrow(0, i, 1);
    const LossTarget target = targetOf(planes, cases.classWeight.narrow(0, i, 1), cases.anyIgnored);
    const Tensor labels = target.labels();
    const Tensor judged = target.ignored.defined() ? 1 - target.ignored : torch::ones({1, 1, 1, 1}, labels.options());
    const Tensor annotated = (target.classWeight[0] > 0).to(torch::kDouble).cpu();
    const double pixels = static_cast<double>(planes.size(2) * planes.size(3)) / static_cast<double>(judged.numel());
    positive += annotated * (labels * judged).sum({0, 2, 3}).to(torch::kDouble).cpu();
    total += annotated * judged.sum().to(torch::kDouble).cpu() * pixels;
  }
  Tensor ratio = torch::where(positive > 0, (total - positive) / positive.clamp_min(1), torch::ones_like(positive)).clamp_min(1e-3);
  if (cap > 0) ratio = ratio.clamp_max(cap);
  return ratio.to(torch::kFloat).to(cases.classWeight.device());
}

}  // namespace roundel
