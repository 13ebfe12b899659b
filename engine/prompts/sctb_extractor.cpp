#include "prompts/sctb_extractor.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "raster/distance_map.h"

namespace roundel {
namespace {

/// The pixels of one class that belong to no other: their number, centroid and how to walk over them.
class ExclusivePixels {
 public:
  /// `owners`: for every pixel how many classes own it, 2 standing for more.
  ExclusivePixels(const Mask& mask, const std::vector<std::uint8_t>& owners) : m_mask(mask), m_owners(owners) {
    std::int64_t sumX = 0, sumY = 0;
    forEach([&](std::int64_t x, std::int64_t y) {
      ++m_count;
      sumX += x;
      sumY += y;
    });
    if (m_count > 0) {
      m_x = static_cast<double>(sumX) / static_cast<double>(m_count);
      m_y = static_cast<double>(sumY) / static_cast<double>(m_count);
    }
  }

  std::int64_t count() const { return m_count; }
  double centroidX() const { return m_x; }
  double centroidY() const { return m_y; }
  double squaredDistanceToCentroid(std::int64_t x, std::int64_t y) const {
    const double dx = static_cast<double>(x) - m_x, dy = static_cast<double>(y) - m_y;
    return dx * dx + dy * dy;
  }
  bool contains(std::int64_t x, std::int64_t y) const {
    return m_mask.contains(x, y) && m_owners[static_cast<std::size_t>(y * m_mask.size().x + x)] == 1;
  }

  template <class Visit>
  void forEach(Visit visit) const {
    const std::int64_t width = m_mask.size().x;
    for (const auto& run : m_mask.runs()) {
      std::int64_t y = run.start / width, x = run.start % width;
      for (std::int64_t at = run.start; at < run.start + run.length; ++at) {
        if (m_owners[static_cast<std::size_t>(at)] == 1) visit(x, y);
        if (++x == width) {
          x = 0;
          ++y;
        }
      }
    }
  }

 private:
  const Mask& m_mask;
  const std::vector<std::uint8_t>& m_owners;
  std::int64_t m_count = 0;
  double m_x = 0, m_y = 0;
};

std::vector<std::uint8_t> ownersOf(std::span<const Mask> masks) {
  std::vector<std::uint8_t> owners(static_cast<std::size_t>(masks.front().size().count()), 0);
  for (const auto& mask : masks)
    for (const auto& run : mask.runs()) {
      std::uint8_t* at = owners.data() + run.start;
      for (std::int64_t i = 0; i < run.length; ++i) at[i] = at[i] == 0 ? std::uint8_t{1} : std::uint8_t{2};
    }
  return owners;
}

/// Half to even, whatever the processor's rounding mode is.
double roundedHalfToEven(double value) {
  const double low = std::floor(value), rest = value - low;
  if (rest < 0.5) return low;
  if (rest > 0.5) return low + 1;
  return std::fmod(low, 2.0) == 0 ? low : low + 1;
}

PromptPoint nearestInside(const ExclusivePixels& pixels, PromptPoint seed) {
  if (pixels.contains(static_cast<std::int64_t>(seed.x), static_cast<std::int64_t>(seed.y))) return seed;
  double best = HUGE_VAL;
  pixels.forEach([&](std::int64_t x, std::int64_t y) {
    const double distance = pixels.squaredDistanceToCentroid(x, y);
    if (distance >= best) return;
    best = distance;
    seed.x = static_cast<double>(x);
    seed.y = static_cast<double>(y);
  });
  return seed;
}

PromptPoint deepest(const ExclusivePixels& pixels, const PixelBox& box, PromptPoint seed) {
  // One pixel wider on each side: beyond the image is outside too.
  const Size size{box.x1 - box.x0 + 2, box.y1 - box.y0 + 2, 1};
  const auto place = [&](std::int64_t x, std::int64_t y) { return static_cast<std::size_t>((y - box.y0 + 1) * size.x + x - box.x0 + 1); };
  std::vector<std::uint8_t> outside(static_cast<std::size_t>(size.count()), 1);
  pixels.forEach([&](std::int64_t x, std::int64_t y) { outside[place(x, y)] = 0; });
  const auto depth = squaredDistanceTo(size, outside);
  double best = 0, bestOff = HUGE_VAL;
  pixels.forEach([&](std::int64_t x, std::int64_t y) {
    const double deep = depth[place(x, y)], off = pixels.squaredDistanceToCentroid(x, y);
    if (deep < best || (deep == best && off >= bestOff)) return;
    best = deep;
    bestOff = off;
    seed.x = static_cast<double>(x);
    seed.y = static_cast<double>(y);
  });
  return seed;
}

PromptBox boxAround(const Mask& mask, int margin) {
  const PixelBox box = mask.bounds();
  const auto low = [margin](std::int64_t at) { return static_cast<double>(std::max<std::int64_t>(0, at - margin)); };
  const auto high = [margin](std::int64_t at, std::int64_t most) { return static_cast<double>(std::min(most, at + margin)); };
  return {low(box.x0), low(box.y0), high(box.x1, mask.size().x), high(box.y1, mask.size().y)};
}

class SctbExtractor : public PromptExtractor {
 public:
  explicit SctbExtractor(const SctbOptions& options) : m_options(options) {}

  std::string name() const override { return "sctb"; }

  std::vector<ClassPrompts> extract(std::span<const Mask> cleaned) const override {
    requirePicture(cleaned);
    std::vector<ClassPrompts> result(cleaned.size());
    if (cleaned.empty()) return result;
    const auto owners = ownersOf(cleaned);
    for (std::size_t i = 0; i < cleaned.size(); ++i) {
      result[i].classIndex = static_cast<int>(i);
      result[i].present = !cleaned[i].empty();
      if (!result[i].present) continue;
      result[i].box = boxAround(cleaned[i], m_options.boxMargin);
      const ExclusivePixels pixels(cleaned[i], owners);
      result[i].hasExclusivePixels = pixels.count() > 0;
      if (result[i].hasExclusivePixels) result[i].seed = seedOf(pixels, cleaned[i].bounds());
    }
    for (auto& each : result) {
      if (!each.seed) continue;
      each.negatives = negativesOf(each, result);
      each.first = callOf(each, m_options.first);
      each.second = callOf(each, m_options.second);
    }
    return result;
  }

 private:
  static void requirePicture(std::span<const Mask> cleaned) {
    for (const auto& mask : cleaned) {
      if (mask.size() != cleaned.front().size())
        throw Error(ErrorKind::BadInput, "size-mismatch", "The cleaned masks of a prediction do not lie on one grid.");
      if (mask.size().z != 1) throw Error(ErrorKind::BadInput, "not-2d", "The extractor sctb makes prompts for pictures, not for volumes.");
    }
  }

  PromptPoint seedOf(const ExclusivePixels& pixels, const PixelBox& box) const {
    const PromptPoint centroid{roundedHalfToEven(pixels.centroidX()), roundedHalfToEven(pixels.centroidY())};
    switch (m_options.seed) {
      case SeedPlace::Centroid: return centroid;
      case SeedPlace::NearestInside: return nearestInside(pixels, centroid);
      case SeedPlace::Deepest: return deepest(pixels, box, centroid);
    }
    return centroid;
  }

  std::vector<PromptPoint> negativesOf(const ClassPrompts& own, const std::vector<ClassPrompts>& all) const {
    std::vector<PromptPoint> negatives;
    for (const auto& other : all)
      if (other.classIndex != own.classIndex && other.seed) negatives.push_back({other.seed->x, other.seed->y, 0, false});
    if (m_options.maxNegatives < 0) return negatives;
    const auto distance = [&](const PromptPoint& point) {
      const double dx = point.x - own.seed->x, dy = point.y - own.seed->y;
      return dx * dx + dy * dy;
    };
    std::stable_sort(negatives.begin(), negatives.end(), [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
    if (negatives.size() > static_cast<std::size_t>(m_options.maxNegatives))
      negatives.resize(static_cast<std::size_t>(m_options.maxNegatives));
    return negatives;
  }

  static std::optional<Prompt> callOf(const ClassPrompts& own, CallContent content) {
    if (content == CallContent::None) return std::nullopt;
    Prompt prompt{.classIndex = own.classIndex};
    if (content == CallContent::Box || content == CallContent::BoxAndPoints) prompt.box = own.box;
    if (content != CallContent::Box) prompt.points.push_back(*own.seed);
    if (content == CallContent::Points || content == CallContent::BoxAndPoints)
      prompt.points.insert(prompt.points.end(), own.negatives.begin(), own.negatives.end());
    return prompt;
  }

  SctbOptions m_options;
};

CallContent callContentFromString(const std::string& word) {
  if (word == "box") return CallContent::Box;
  if (word == "points") return CallContent::Points;
  if (word == "positive") return CallContent::Positive;
  if (word == "box+points") return CallContent::BoxAndPoints;
  return CallContent::None;
}

}  // namespace

std::vector<ParamSpec> sctbParams() {
  return {
      {.name = "seed",
       .type = ParamType::Choice,
       .defaultValue = "centroid",
       .choices = {"centroid", "nearest-inside", "deepest"},
       .sentence = "Where the positive point goes: the centroid (the paper), the same moved inside a concave shape, or the deepest pixel."},
      {.name = "box_margin",
       .type = ParamType::Integer,
       .defaultValue = 0,
       .minimum = 0.0,
       .maximum = 1000.0,
       .unit = "px",
       .sentence = "Pixels added to the box on each side."},
      {.name = "max_negatives",
       .type = ParamType::Integer,
       .defaultValue = -1,
       .minimum = -1.0,
       .maximum = 10000.0,
       .sentence = "How many negative points a prompt has at most, nearest first; -1: one for every other class."},
      {.name = "first",
       .type = ParamType::Choice,
       .defaultValue = "box",
       .choices = {"box", "points", "positive", "box+points"},
       .sentence = "What the generalist's first call is given."},
      {.name = "second",
       .type = ParamType::Choice,
       .defaultValue = "points",
       .choices = {"points", "positive", "box", "box+points", "none"},
       .sentence = "What its second call is given beside the first one's mask."},
  };
}

SctbOptions sctbOptions(const Params& params) {
  const auto seed = params.at("seed").get<std::string>();
  SctbOptions options;
  if (seed == "nearest-inside") options.seed = SeedPlace::NearestInside;
  if (seed == "deepest") options.seed = SeedPlace::Deepest;
  options.boxMargin = params.at("box_margin").get<int>();
  options.maxNegatives = params.at("max_negatives").get<int>();
  options.first = callContentFromString(params.at("first").get<std::string>());
  options.second = callContentFromString(params.at("second").get<std::string>());
  return options;
}

std::unique_ptr<PromptExtractor> makeSctbExtractor(const SctbOptions& options) { return std::make_unique<SctbExtractor>(options); }

}  // namespace roundel
