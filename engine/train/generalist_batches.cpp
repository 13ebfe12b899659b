#include "train/generalist_batches.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "models/generalists/crop_model.h"
#include "models/generalists/prompt_cube.h"

namespace roundel {
namespace {

using torch::Tensor;

/// A structure of the scene, by chance; the rare ones that are too small in their piece are drawn again.
PromptSample usefulSample(const PromptableScene& scene, const PromptSimulation& simulation, Random& random) {
  PromptSample sample;
  for (int attempt = 0; attempt < 6; ++attempt) {
    const auto structure = static_cast<std::size_t>(random.below(static_cast<std::int64_t>(scene.structures.size())));
    sample = drawSample(scene, structure, simulation, random);
    if (std::accumulate(sample.truth.begin(), sample.truth.end(), 0.0) >= 12) break;
  }
  return sample;
}

}  // namespace

std::int64_t PieceForm::places() const {
  const auto length = static_cast<std::int64_t>(side);
  return dimensions == 3 ? length * length * length : length * length;
}

PieceForm pieceForm(const GeneralistPlan& plan, const ComputeChoice& device) {
  const auto precision = plan.at<std::string>("precision");
  const bool half = precision == "bfloat16" || (precision == "auto" && device.fastPrecision == Precision::BFloat16);
  return {.side = plan.at<int>("side"), .dimensions = plan.at<int>("dimensions"), .type = half ? torch::kBFloat16 : torch::kFloat};
}

SampleBatch makeSampleBatch(const GeneralistPlan& plan, const GeneralistLesson& lesson, std::int64_t step) {
  const int perScene = plan.at<int>("per_scene"), scenes = plan.at<int>("batch") / perScene;
  double sum = 0;
  for (const auto& [name, weight] : plan.families) sum += weight;
  SampleBatch batch;
  for (int s = 0; s < scenes; ++s) {
    Random random(plan.seed, "generalist/sample", static_cast<std::uint64_t>(step), static_cast<std::uint64_t>(s));
    if (!lesson.scenes.empty()) {
      const auto chosen = static_cast<std::size_t>(random.below(static_cast<std::int64_t>(lesson.scenes.size())));
      for (int k = 0; k < perScene; ++k) batch.push_back(usefulSample(lesson.scenes[chosen], plan.simulation(), random));
      continue;
    }
    double left = random.uniform() * sum;
    std::string family = plan.families.rbegin()->first;
    for (const auto& [name, weight] : plan.families)
      if (left < weight && weight > 0) {
        family = name;
        break;
      } else left -= weight;
    const PromptableScene scene = makeScene(family, plan.seed, static_cast<std::uint64_t>(step * scenes + s));
    for (int k = 0; k < perScene; ++k) batch.push_back(usefulSample(scene, plan.simulation(), random));
  }
  return batch;
}

SampleBatch trueBoxBatch(const GeneralistPlan& plan, const PromptableScene& scene) {
  SampleBatch batch;
  for (std::size_t s = 0; s < std::min<std::size_t>(3, scene.structures.size()); ++s)
    batch.push_back(trueBoxSample(scene, s * scene.structures.size() / 3 % scene.structures.size(), plan.simulation()));
  return batch;
}

namespace {

template <class T>
void writePiece(const std::vector<float>& channels, torch::Tensor& pieces, std::int64_t index) {
  const auto count = static_cast<std::int64_t>(channels.size());
  T* const to = pieces.mutable_data_ptr<T>() + index * count;
  for (std::int64_t k = 0; k < count; ++k) to[k] = static_cast<T>(channels[static_cast<std::size_t>(k)]);
}

}  // namespace

AskedBatch askedBatch(const SampleBatch& batch, const PieceForm& form, DrawnBy drawnBy) {
  const bool volumes = form.dimensions == 3;
  const auto count = static_cast<std::int64_t>(batch.size());
  std::vector<std::int64_t> shape{count, nn::kCropChannels, form.side, form.side};
  if (volumes) shape.push_back(form.side);
  AskedBatch out{torch::empty(shape, torch::TensorOptions().dtype(form.type)), torch::empty({count}, torch::kBool), {}};
  const auto draw = [&](std::int64_t from, std::int64_t to) {
    for (std::int64_t i = from; i < to; ++i) {
      const PromptSample& sample = batch[static_cast<std::size_t>(i)];
      const auto channels = volumes ? drawnCube(sample.grey, sample.prompt, form.side) : drawnCrop(sample.grey, sample.prompt, form.side);
      form.type == torch::kBFloat16 ? writePiece<c10::BFloat16>(channels, out.pieces, i) : writePiece<float>(channels, out.pieces, i);
      out.masked.mutable_data_ptr<bool>()[i] = !sample.prompt.mask.empty();
    }
  };
  if (drawnBy == DrawnBy::AllThreads) at::parallel_for(0, count, 1, draw);
  else draw(0, count);
  std::vector<nn::FramePrompt> prompts;
  std::vector<CropPrompt> cubes;
  for (const PromptSample& sample : batch) {
    if (volumes) cubes.push_back(sample.prompt);
    else prompts.push_back(framed(sample.prompt));
  }
  out.points = volumes ? cubePoints(cubes) : nn::promptPoints(prompts);
  return out;
}

PreparedBatch preparedBatch(SampleBatch samples, const PieceForm& form) {
  const auto count = static_cast<std::int64_t>(samples.size()), places = form.places();
  PreparedBatch batch{std::move(samples), {}, torch::empty({count, places}), torch::empty({count})};
  for (std::int64_t i = 0; i < count; ++i) {
    const PromptSample& sample = batch.samples[static_cast<std::size_t>(i)];
    std::memcpy(batch.truth.mutable_data_ptr<float>() + i * places, sample.truth.data(), static_cast<std::size_t>(places) * sizeof(float));
    batch.outside.mutable_data_ptr<float>()[i] = static_cast<float>(sample.outside);
  }
  batch.question = askedBatch(batch.samples, form, DrawnBy::OneThread);
  return batch;
}

std::unique_ptr<nn::PromptableNetwork> promptableNetwork(nn::ParameterSource& source, const Json& params) {
  if (dimensionsOf(params) == 3) return std::make_unique<nn::CubeNetwork>(source, cubeNetworkOptions(params));
  return std::make_unique<nn::CropNetwork>(source, cropNetworkOptions(params));
}

}  // namespace roundel
