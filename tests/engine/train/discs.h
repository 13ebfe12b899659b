#pragma once
#include <string>
#include <vector>

#include "core/random.h"
#include "train/training_set.h"

namespace roundel::test {

/// A set of pictures with two overlapping discs on a noisy ground, one bright, one dark, with their exact masks.
inline TrainingSet discs(int count, int side = 48) {
  TrainingSet set{.width = side, .height = side, .classes = LabelSet({{.id = 1, .name = "bright"}, {.id = 2, .name = "dark"}})};
  set.pixelPipeline = {{"window", "none"}};
  for (int i = 0; i < count; ++i) {
    Random random(7, "discs", static_cast<std::uint64_t>(i));
    TrainingCase one{
        .name = "disc " + std::to_string(i), .image = std::vector<float>(static_cast<std::size_t>(side * side)), .classes = {}};
    std::vector<std::uint8_t> masks[2] = {std::vector<std::uint8_t>(one.image.size()), std::vector<std::uint8_t>(one.image.size())};
    const double cx[2] = {random.uniform(0.25, 0.5) * side, random.uniform(0.5, 0.75) * side},
                 cy[2] = {random.uniform(0.3, 0.7) * side, random.uniform(0.3, 0.7) * side};
    const double r[2] = {random.uniform(0.15, 0.25) * side, random.uniform(0.15, 0.25) * side};
    for (int y = 0; y < side; ++y)
      for (int x = 0; x < side; ++x) {
        double grey = 0.45 + 0.05 * random.normal();
        const auto at = static_cast<std::size_t>(y * side + x);
        for (int k = 0; k < 2; ++k)
          if ((x - cx[k]) * (x - cx[k]) + (y - cy[k]) * (y - cy[k]) < r[k] * r[k]) {
            masks[k][at] = 1;
            grey += k == 0 ? 0.3 : -0.3;
          }
        one.image[at] = static_cast<float>(grey);
      }
    for (const auto& mask : masks) one.classes.push_back({ClassState::Present, Mask::fromBytes({side, side, 1}, mask)});
    set.labelled.push_back(std::move(one));
  }
  return set;
}

/// Volumes of different sizes with two overlapping balls, as above; patches of 16^3.
inline TrainingSet balls(int count) {
  TrainingSet set{.width = 16, .height = 16, .depth = 16, .classes = LabelSet({{.id = 1, .name = "bright"}, {.id = 2, .name = "dark"}})};
  set.pixelPipeline = {{"window", "none"}};
  for (int i = 0; i < count; ++i) {
    Random random(7, "balls", static_cast<std::uint64_t>(i));
    const Size size{18 + i % 2 * 3, 16, 20 - i % 3 * 2};
    TrainingCase one{.name = "ball " + std::to_string(i), .image = {}, .classes = {}, .size = size};
    std::vector<std::uint8_t> masks[2];
    const double cx[2] = {0.35 * static_cast<double>(size.x), 0.65 * static_cast<double>(size.x)},
                 r[2] = {random.uniform(4, 5.5), random.uniform(4, 5.5)};
    const double cy = random.uniform(0.4, 0.6) * static_cast<double>(size.y), cz = random.uniform(0.4, 0.6) * static_cast<double>(size.z);
    for (std::int64_t z = 0; z < size.z; ++z)
      for (std::int64_t y = 0; y < size.y; ++y)
        for (std::int64_t x = 0; x < size.x; ++x) {
          double grey = 0.05 * random.normal();
          for (int k = 0; k < 2; ++k) {
            const double dx = static_cast<double>(x) - cx[k], dy = static_cast<double>(y) - cy, dz = static_cast<double>(z) - cz;
            masks[k].push_back(dx * dx + dy * dy + dz * dz < r[k] * r[k]);
            if (masks[k].back() != 0) grey += k == 0 ? 1.0 : -1.0;
          }
          one.image.push_back(static_cast<float>(grey));
        }
    for (const auto& mask : masks) one.classes.push_back({ClassState::Present, Mask::fromBytes(size, mask)});
    set.labelled.push_back(std::move(one));
  }
  return set;
}

}  // namespace roundel::test
