#pragma once
#include <algorithm>
#include <cmath>

#include "models/generalist.h"

namespace roundel::test {

/// A generalist that answers a prompt with its box, or with a disc around its first point, softened at the edge. Counts what it is asked.
class BoxGeneralist : public Generalist {
 public:
  explicit BoxGeneralist(double grow = 0) : m_grow(grow) {}
  std::string name() const override { return "boxes"; }
  GeneralistTraits traits() const override { return {}; }
  std::string contentHash() const override { return "boxes " + std::to_string(m_grow); }
  std::shared_ptr<const Embedding> embed(const Image& image, Job&) const override {
    ++embedded;
    auto made = std::make_shared<Embedding>();
    made->imageSize = image.geometry.size;
    return made;
  }
  std::vector<GeneralistMask> segment(const Embedding& embedding, std::span<const Prompt> prompts, SoftMasks, Job&) const override {
    std::vector<GeneralistMask> answers;
    for (const Prompt& prompt : prompts) {
      ++asked;
      requireUsable(prompt);
      const Size size = embedding.imageSize;
      GeneralistMask answer;
      for (std::int64_t y = 0; y < size.y; ++y)
        for (std::int64_t x = 0; x < size.x; ++x)
          answer.probability.push_back(answerAt(prompt, static_cast<double>(x), static_cast<double>(y)));
      std::vector<std::uint8_t> bytes;
      for (const float p : answer.probability) bytes.push_back(p > 0.5f);
      answer.mask = Mask::fromBytes(size, bytes);
      answers.push_back(std::move(answer));
    }
    return answers;
  }
  FeatureMap features(const Embedding&) const override { return {}; }

  mutable int embedded = 0, asked = 0;

 private:
  float answerAt(const Prompt& prompt, double x, double y) const {
    double inside = 0;  // distance from the edge, positive inside
    if (prompt.box)
      inside = std::min({x - prompt.box->x0, prompt.box->x1 - 1 - x, y - prompt.box->y0, prompt.box->y1 - 1 - y}) + 0.5 + m_grow;
    else inside = 6 - std::hypot(x - prompt.points.front().x, y - prompt.points.front().y) + m_grow;
    return static_cast<float>(1 / (1 + std::exp(-inside)));
  }
  double m_grow;
};

}  // namespace roundel::test
