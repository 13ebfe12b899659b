#include "refine/seeds.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace roundel {

namespace {

/// Share of a tight box that an object usually fills; only sizes the disks of points.
constexpr double kBoxFill = 0.6;

/// Bounds in image pixels, half-open, as reals; grows by what it is given.
struct Extent {
  double x0 = std::numeric_limits<double>::infinity(), y0 = x0, x1 = -x0, y1 = -x0;

  bool empty() const { return x1 <= x0 || y1 <= y0; }
  void add(double ax0, double ay0, double ax1, double ay1) {
    x0 = std::min(x0, ax0), y0 = std::min(y0, ay0), x1 = std::max(x1, ax1), y1 = std::max(y1, ay1);
  }
  void clip(Size size) {
    x0 = std::clamp(x0, 0.0, static_cast<double>(size.x)), x1 = std::clamp(x1, 0.0, static_cast<double>(size.x));
    y0 = std::clamp(y0, 0.0, static_cast<double>(size.y)), y1 = std::clamp(y1, 0.0, static_cast<double>(size.y));
  }
};

/// What is known of the object before pixels are looked at.
struct Plan {
  Extent object;          ///< where the object is expected
  Extent window;          ///< where work is done
  double side = 1;        ///< square root of the expected area, in image pixels
  double bandPixels = 0;  ///< of the mask prompt
  bool hasMask = false;
  bool hasPositive = false;
};

bool inside(const PromptPoint& point, Size size) {
  return point.x >= -0.5 && point.y >= -0.5 && point.x < static_cast<double>(size.x) - 0.5 && point.y < static_cast<double>(size.y) - 0.5;
}

float probabilityOf(float logit) { return 1.0F / (1.0F + std::exp(-logit)); }

/// Bounds and area of {logit > 0} in image pixels.
double addMask(const LowResLogits& mask, Size size, Extent& extent) {
  const double scaleX = static_cast<double>(size.x) / mask.width, scaleY = static_cast<double>(size.y) / mask.height;
  std::int64_t count = 0;
  for (int y = 0; y < mask.height; ++y)
    for (int x = 0; x < mask.width; ++x)
      if (mask.values[static_cast<std::size_t>(y) * static_cast<std::size_t>(mask.width) + static_cast<std::size_t>(x)] > 0) {
        extent.add(x * scaleX, y * scaleY, (x + 1) * scaleX, (y + 1) * scaleY);
        ++count;
      }
  return static_cast<double>(count) * scaleX * scaleY;
}

Plan planOf(Size size, const Prompt& prompt, const SeedSettings& settings) {
  Plan plan;
  double area = 0;
  if (prompt.mask) {
    area = addMask(*prompt.mask, size, plan.object);
    plan.hasMask = area > 0;
  }
  if (prompt.box) {
    Extent box;
    box.add(std::floor(prompt.box->x0), std::floor(prompt.box->y0), std::ceil(prompt.box->x1), std::ceil(prompt.box->y1));
    box.clip(size);
    // The box has the last word on where the object ends; a mask that lies elsewhere is passed over.
    const auto& mask = plan.object;
    plan.hasMask = plan.hasMask && mask.x0 < box.x1 && mask.x1 > box.x0 && mask.y0 < box.y1 && mask.y1 > box.y0;
    if (!plan.hasMask && !box.empty()) area = kBoxFill * (box.x1 - box.x0) * (box.y1 - box.y0);
    plan.object = box;
  }
  for (const auto& point : prompt.points) plan.hasPositive = plan.hasPositive || (point.positive && inside(point, size));
  if (!prompt.box && !plan.hasMask) {
    // Points alone say nothing of the object's size: a twentieth of the image's side is a guess that only sizes the disks.
    if (!plan.hasPositive) return {};
    plan.object = {};
    plan.object.add(0, 0, static_cast<double>(size.x), static_cast<double>(size.y));
    area = static_cast<double>(size.x) * static_cast<double>(size.y) / 400;
  }
  if (plan.object.empty() && !plan.hasPositive) return {};
  plan.side = std::sqrt(std::max(area, 1.0));
  plan.bandPixels = std::max(1.5, settings.band * plan.side);
  plan.window = plan.object;
  for (const auto& point : prompt.points)
    if (point.positive && inside(point, size)) plan.window.add(point.x - 1, point.y - 1, point.x + 2, point.y + 2);
  const double margin = std::max(4.0, (plan.hasMask ? 2 * plan.bandPixels : 0.15 * plan.side) + 2);
  plan.window.add(plan.window.x0 - margin, plan.window.y0 - margin, plan.window.x1 + margin, plan.window.y1 + margin);
  plan.window.clip(size);
  return plan;
}

WorkWindow windowOf(const Extent& extent, double scale) {
  WorkWindow window{.x0 = static_cast<int>(std::floor(extent.x0)),
                    .y0 = static_cast<int>(std::floor(extent.y0)),
                    .x1 = static_cast<int>(std::ceil(extent.x1)),
                    .y1 = static_cast<int>(std::ceil(extent.y1))};
  window.width = std::max(1, static_cast<int>(std::lround((window.x1 - window.x0) * scale)));
  window.height = std::max(1, static_cast<int>(std::lround((window.y1 - window.y0) * scale)));
  return window;
}

/// The mask prompt's probability on the working grid: bilinear between the centres of its pixels.
Field priorOf(const LowResLogits& mask, Size size, const WorkWindow& window) {
  Field prior(window.width, window.height);
  for (int y = 0; y < window.height; ++y)
    for (int x = 0; x < window.width; ++x) {
      const double imageX = (x + 0.5) / window.scaleX() + window.x0, imageY = (y + 0.5) / window.scaleY() + window.y0;
      const double mx = std::clamp(imageX * mask.width / static_cast<double>(size.x) - 0.5, 0.0, mask.width - 1.0);
      const double my = std::clamp(imageY * mask.height / static_cast<double>(size.y) - 0.5, 0.0, mask.height - 1.0);
      const int ix = std::min(static_cast<int>(mx), std::max(0, mask.width - 2)),
                iy = std::min(static_cast<int>(my), std::max(0, mask.height - 2));
      const float fx = static_cast<float>(mx - ix), fy = static_cast<float>(my - iy);
      const auto at = [&](int column, int row) {
        const float logit = mask.values[static_cast<std::size_t>(std::min(row, mask.height - 1)) * static_cast<std::size_t>(mask.width) +
                                        static_cast<std::size_t>(std::min(column, mask.width - 1))];
        return std::isfinite(logit) ? std::clamp(logit, -30.0F, 30.0F) : (logit > 0 ? 30.0F : -30.0F);
      };
      const float top = at(ix, iy) * (1 - fx) + at(ix + 1, iy) * fx, bottom = at(ix, iy + 1) * (1 - fx) + at(ix + 1, iy + 1) * fx;
      prior.at(x, y) = probabilityOf(top * (1 - fy) + bottom * fy);
    }
  return prior;
}

/// Foreground inside, background outside, a band between them undecided.
void plantMask(SeedField& field, double bandPixels) {
  const auto& window = field.window;
  std::vector<std::uint8_t> in(field.prior.values.size()), out(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) in[i] = field.prior.values[i] > 0.5F, out[i] = !in[i];
  const auto depth = distanceToZero(in, window.width, window.height), outside = distanceToZero(out, window.width, window.height);
  const double scale = std::sqrt(window.scaleX() * window.scaleY());
  const float deepest = *std::max_element(depth.begin(), depth.end());
  // A thin object keeps a core: the band never eats more than its middle line.
  const float erosion = std::min(static_cast<float>(bandPixels * scale), std::max(0.0F, 0.7F * deepest - 0.5F));
  const float dilation = std::max(1.0F, static_cast<float>(bandPixels * scale));
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (in[i] && depth[i] > erosion) field.seeds[i] = Seed::Foreground;
    if (!in[i] && outside[i] > dilation) field.seeds[i] = Seed::Background;
  }
}

void plantBox(SeedField& field, const Extent& box) {
  const auto& window = field.window;
  for (int y = 0; y < window.height; ++y)
    for (int x = 0; x < window.width; ++x) {
      const double imageX = (x + 0.5) / window.scaleX() + window.x0, imageY = (y + 0.5) / window.scaleY() + window.y0;
      if (imageX < box.x0 || imageX > box.x1 || imageY < box.y0 || imageY > box.y1)
        field.seeds[static_cast<std::size_t>(y) * static_cast<std::size_t>(window.width) + static_cast<std::size_t>(x)] = Seed::Background;
    }
}

/// Where nothing but the box says what the object is, its middle belongs to it.
void plantCore(SeedField& field, const Extent& box, double share) {
  const auto& window = field.window;
  const double cx = window.toWorkX((box.x0 + box.x1) / 2 - 0.5), cy = window.toWorkY((box.y0 + box.y1) / 2 - 0.5);
  const double rx = std::max(0.75, share * (box.x1 - box.x0) / 2 * window.scaleX()),
               ry = std::max(0.75, share * (box.y1 - box.y0) / 2 * window.scaleY());
  for (int y = 0; y < window.height; ++y)
    for (int x = 0; x < window.width; ++x)
      if (std::hypot((x - cx) / rx, (y - cy) / ry) <= 1)
        field.seeds[static_cast<std::size_t>(y) * static_cast<std::size_t>(window.width) + static_cast<std::size_t>(x)] = Seed::Foreground;
}

/// The border of the window, where nothing else is known of it.
void plantFrame(SeedField& field) {
  const auto& window = field.window;
  for (int y = 0; y < window.height; ++y)
    for (int x = 0; x < window.width; ++x) {
      auto& seed = field.seeds[static_cast<std::size_t>(y) * static_cast<std::size_t>(window.width) + static_cast<std::size_t>(x)];
      const bool border = x == 0 || y == 0 || x == window.width - 1 || y == window.height - 1;
      if (border && seed == Seed::Unknown) seed = Seed::Background;
    }
}

void plantDisk(SeedField& field, const PromptPoint& point, double radiusPixels, Seed seed) {
  const auto& window = field.window;
  const double cx = window.toWorkX(point.x), cy = window.toWorkY(point.y);
  const double radius = radiusPixels * std::sqrt(window.scaleX() * window.scaleY());
  const auto low = [&](double centre) { return static_cast<int>(std::max(0.0, std::floor(centre - radius))); };
  const int lastX = static_cast<int>(std::min<double>(window.width - 1, std::ceil(cx + radius)));
  const int lastY = static_cast<int>(std::min<double>(window.height - 1, std::ceil(cy + radius)));
  for (int y = low(cy); y <= lastY; ++y)
    for (int x = low(cx); x <= lastX; ++x) {
      const bool centre = x == std::lround(cx) && y == std::lround(cy);
      if (centre || std::hypot(x - cx, y - cy) <= radius)
        field.seeds[static_cast<std::size_t>(y) * static_cast<std::size_t>(window.width) + static_cast<std::size_t>(x)] = seed;
    }
}

void plantPoints(SeedField& field, Size size, const Prompt& prompt, double radiusPixels) {
  const auto& window = field.window;
  const auto near = [&](const PromptPoint& p) {
    return p.x > window.x0 - radiusPixels - 1 && p.x < window.x1 + radiusPixels && p.y > window.y0 - radiusPixels - 1 &&
           p.y < window.y1 + radiusPixels;
  };
  for (const auto& point : prompt.points)
    if (!point.positive && near(point)) plantDisk(field, point, radiusPixels, Seed::Background);
  for (const auto& point : prompt.points)
    if (point.positive && inside(point, size)) {
      plantDisk(field, point, radiusPixels, Seed::Foreground);
      field.positives.emplace_back(static_cast<int>(std::lround(point.x)), static_cast<int>(std::lround(point.y)));
    }
}

SeedField plantAtScale(Size size, const Prompt& prompt, const SeedSettings& settings, const Plan& plan, double scale) {
  SeedField field{.window = windowOf(plan.window, scale)};
  field.seeds.assign(static_cast<std::size_t>(field.window.width) * static_cast<std::size_t>(field.window.height), Seed::Unknown);
  if (plan.hasMask) {
    field.prior = priorOf(*prompt.mask, size, field.window);
    plantMask(field, plan.bandPixels);
  }
  if (prompt.box) plantBox(field, plan.object);
  plantPoints(field, size, prompt, std::max(1.0, settings.pointRadius * plan.side));
  if (prompt.box && !field.hasForeground()) plantCore(field, plan.object, settings.boxCore);
  const bool bounded = std::find(field.seeds.begin(), field.seeds.end(), Seed::Background) != field.seeds.end();
  if (!plan.hasMask && (!prompt.box || !bounded)) plantFrame(field);
  return field;
}

}  // namespace

bool SeedField::hasForeground() const { return std::find(seeds.begin(), seeds.end(), Seed::Foreground) != seeds.end(); }

SeedField plantSeeds(Size image, const Prompt& prompt, const SeedSettings& settings) {
  const Plan plan = planOf(image, prompt, settings);
  if (plan.window.empty()) return {};
  const double pixels = (plan.window.x1 - plan.window.x0 + 1) * (plan.window.y1 - plan.window.y0 + 1);
  double scale = std::min(1.0, std::sqrt(static_cast<double>(settings.maximumPixels) / pixels));
  while (true) {
    auto field = plantAtScale(image, prompt, settings, plan, scale);
    const auto unknowns = std::count(field.seeds.begin(), field.seeds.end(), Seed::Unknown);
    if (unknowns <= settings.maximumUnknowns || field.seeds.size() <= 16) return field;
    scale *= 0.95 * std::sqrt(static_cast<double>(settings.maximumUnknowns) / static_cast<double>(unknowns));
  }
}

}  // namespace roundel
