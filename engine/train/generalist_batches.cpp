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

std::int64_t placesOf(int side, int dimensions) {
  const auto length = static_cast<std::int64_t>(side);
  return dimensions == 3 ? length * length * length : length * length;
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

AskedBatch askedBatch(const SampleBatch& batch, int side, int dimensions) {
  const std::int64_t places = placesOf(side, dimensions), count = static_cast<std::int64_t>(batch.size());
  std::vector<std::int64_t> shape{count, nn::kCropChannels, side, side};
  if (dimensions == 3) shape.push_back(side);
  AskedBatch out{torch::empty(shape), torch::empty({count}, torch::kBool), {}};
  std::vector<nn::FramePrompt> prompts;
  std::vector<CropPrompt> cubes;
  for (std::int64_t i = 0; i < count; ++i) {
    const PromptSample& sample = batch[static_cast<std::size_t>(i)];
    const auto channels = dimensions == 3 ? drawnCube(sample.grey, sample.prompt, side) : drawnCrop(sample.grey, sample.prompt, side);
    std::memcpy(out.pieces.mutable_data_ptr<float>() + i * nn::kCropChannels * places, channels.data(), channels.size() * sizeof(float));
    out.masked.mutable_data_ptr<bool>()[i] = !sample.prompt.mask.empty();
    if (dimensions == 3) cubes.push_back(sample.prompt);
    else prompts.push_back(framed(sample.prompt));
  }
  out.points = dimensions == 3 ? cubePoints(cubes) : nn::promptPoints(prompts);
  return out;
}

std::unique_ptr<nn::PromptableNetwork> promptableNetwork(nn::ParameterSource& source, const Json& params) {
  if (dimensionsOf(params) == 3) return std::make_unique<nn::CubeNetwork>(source, cubeNetworkOptions(params));
  return std::make_unique<nn::CropNetwork>(source, cropNetworkOptions(params));
}

}  // namespace roundel
