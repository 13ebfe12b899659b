#include "models/generalists/sam_3d_embedding.h"

#include <algorithm>
#include <cstdio>

#include "core/error.h"

namespace roundel {
namespace {

/// A cube's features take 0.8 MB; a person goes back and forth between a few places.
constexpr std::size_t kMostCrops = 8;

[[noreturn]] void refuse(const Prompt& prompt, const std::string& what, const std::string& remedy) {
  throw Error(ErrorKind::BadInput, "bad-prompt", "The prompt for class " + std::to_string(prompt.classIndex) + " " + what,
              {.remedy = remedy});
}

bool inside(const PromptPoint& point, const Size& size) {
  const auto within = [](double place, std::int64_t length) { return place >= -0.5 && place < static_cast<double>(length) - 0.5; };
  return within(point.x, size.x) && within(point.y, size.y) && within(point.z, size.z);
}

}  // namespace

std::uint64_t CropFeatures::bytes() const {
  const std::lock_guard lock(m_mutex);
  std::uint64_t sum = 0;
  for (const auto& [crop, features] : m_known) sum += features.nbytes();
  return sum;
}

torch::Tensor CropFeatures::of(const CubeCrop& crop, const std::function<torch::Tensor(const CubeCrop&)>& encode) {
  const std::lock_guard lock(m_mutex);
  const auto found = std::find_if(m_known.begin(), m_known.end(), [&](const auto& one) { return one.first == crop; });
  if (found != m_known.end()) {
    m_known.splice(m_known.begin(), m_known, found);
  } else {
    m_known.emplace_front(crop, encode(crop));
    if (m_known.size() > kMostCrops) m_known.pop_back();
  }
  return m_known.front().second;
}

Sam3dPrompt cropPrompt(const Prompt& prompt, const VolumeFrame& frame, std::int64_t side, const std::string& name) {
  const std::string pointsOnly = "Give points x,y,z inside of what is meant and, where needed, outside of it.";
  if (prompt.box) refuse(prompt, "has a box; the generalist " + name + " answers to points only.", pointsOnly);
  std::vector<std::pair<VolumePoint, bool>> points;
  VolumePoint mean{};
  double positives = 0;
  for (const auto& point : prompt.points) {
    if (!inside(point, frame.imageSize)) refuse(prompt, "has a point outside of the volume.", "Count voxels from 0: x,y,z.");
    points.emplace_back(frame.toFrame({point.x, point.y, point.z}), point.positive);
    if (!point.positive) continue;
    for (std::size_t c = 0; c < 3; ++c) mean[c] += points.back().first[c];
    ++positives;
  }
  for (double& coordinate : mean) coordinate /= std::max(1.0, positives);

  Sam3dPrompt result{.crop = prompt.mask ? CubeCrop{prompt.mask->origin, side} : cropAround(mean, side)};
  if (!overlaps(result.crop, frame))
    refuse(prompt, "has a mask prompt that lies outside of the volume.", "Give the logits of an earlier answer.");
  std::vector<float> places;
  std::vector<std::int64_t> labels;
  for (const auto& [place, positive] : points) {
    if (!result.crop.holds(place)) {
      if (!positive) continue;
      const std::string seen = std::to_string(side) + " voxels a side";
      if (prompt.mask)
        refuse(prompt, "has a positive point outside of the cube of " + seen + " that its mask prompt is of.",
               "Ask anew, without the mask.");
      refuse(prompt, "has positive points further apart than the cube of " + seen + " that the generalist " + name + " sees at a time.",
             "Ask about one part after the other, or at a larger spacing: --set spacing_mm=3");
    }
    for (std::size_t c = 0; c < 3; ++c) places.push_back(static_cast<float>(place[c] - static_cast<double>(result.crop.first[c])));
    labels.push_back(positive ? 1 : 0);
  }
  const auto count = static_cast<std::int64_t>(labels.size());
  result.places = torch::tensor(places, torch::kFloat).view({1, count, 3});
  result.labels = torch::tensor(labels, torch::kLong).view({1, count});
  return result;
}

}  // namespace roundel
