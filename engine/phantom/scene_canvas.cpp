#include "phantom/scene_canvas.h"

#include <algorithm>
#include <array>

#include "core/error.h"
#include "phantom/detector.h"

namespace roundel::phantom {
namespace {

std::pair<float, float> quantilesOf(Map values, double low, double high) {
  const auto at = [&](double q) { return values.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(values.size() - 1)); };
  std::nth_element(values.begin(), at(low), values.end());
  const float first = *at(low);
  std::nth_element(at(low), at(high), values.end());
  return {first, *at(high)};
}

}  // namespace

Canvas::Canvas(int width, int height, float level)
    : plane{width, height, 1, {0.5 * (width - 1), 0.5 * (height - 1)}, 0}, grey(plane.count(), level) {}

void Canvas::add(Mask mask) {
  if (mask.area() >= kSmallestStructure) structures.push_back(std::move(mask));
}

Texture Texture::draw(Random& random, double strength) {
  Texture texture;
  const double kind = random.uniform();
  const std::uint64_t key = random.next();
  texture.m_scale = std::exp(random.uniform(std::log(2.0), std::log(30.0)));
  texture.m_strength = strength * square(random.uniform());
  texture.m_turn = random.uniform(0, 3.2);
  texture.m_stretch = random.uniform(1, 3);
  texture.m_kind = kind < 0.3    ? Kind::Plain
                   : kind < 0.5  ? Kind::Cloud
                   : kind < 0.72 ? Kind::Fractal
                   : kind < 0.9  ? Kind::Beams
                                 : Kind::Stripes;
  texture.m_cos = std::cos(texture.m_turn);
  texture.m_sin = std::sin(texture.m_turn);
  texture.m_coarse = LatticeNoise(key);
  texture.m_fine = LatticeNoise(key + 1);
  texture.m_beams = Trabeculae(key, std::min(texture.m_scale, 9.0), texture.m_turn, texture.m_stretch);
  return texture;
}

double Texture::at(Point p) {
  switch (m_kind) {
    case Kind::Plain: return 0;
    case Kind::Cloud: return m_strength * m_coarse.at(p.x / m_scale, p.y / m_scale);
    case Kind::Fractal:
      return m_strength * (0.6 * m_coarse.at(p.x / m_scale, p.y / m_scale) + 0.4 * m_fine.at(2.7 * p.x / m_scale, 2.7 * p.y / m_scale));
    case Kind::Beams: return 0.8 * m_strength * m_beams.at(p);
    case Kind::Stripes: break;
  }
  const double along = m_cos * p.x + m_sin * p.y;
  return 0.5 * m_strength *
         static_cast<double>(std::sin(static_cast<float>(6.28 * along / m_scale + 1.5 * m_coarse.at(p.x / 25, p.y / 25))));
}

void paintGround(Canvas& canvas, Random& random, double strength) {
  Texture fine = Texture::draw(random, strength), coarse = Texture::draw(random, strength);
  const double slopeX = strength * random.uniform(-0.6, 0.6) / canvas.width(),
               slopeY = strength * random.uniform(-0.6, 0.6) / canvas.height();
  forEachRay(canvas.plane, [&](std::size_t pixel, Point p) {
    canvas.grey[pixel] += static_cast<float>(slopeX * p.x + slopeY * p.y + fine.at(p) + coarse.at({p.x / 4, p.y / 4}));
  });
  const int clouds = static_cast<int>(random.below(4));
  for (int k = 0; k < clouds; ++k) {
    const Point middle{random.uniform(0, canvas.width()), random.uniform(0, canvas.height())};
    const double rx = random.uniform(15, 110), ry = random.uniform(15, 110), amount = strength * random.uniform(-0.7, 0.7);
    const double hardness = random.uniform(1, 8);
    castShadow(canvas.plane, middle, 1.6 * std::max(rx, ry), [&](std::size_t pixel, Point p) {
      const double squares = square((p.x - middle.x) / rx) + square((p.y - middle.y) / ry);
      if (squares > 2.56) return false;  // the softest cloud ends at 1.6 radii
      const double r = std::sqrt(squares);
      canvas.grey[pixel] += static_cast<float>(amount * (1 - smoothStep(1 - 0.6 / hardness, 1 + 0.6 / hardness, r)));
      return false;
    });
  }
}

void develop(Canvas& canvas, Random& random) {
  const int width = canvas.width(), height = canvas.height();
  if (random.uniform() < 0.3) {  // an uneven field, as of a coil
    const std::uint64_t key = random.next();
    const double strength = random.uniform(0.1, 0.5), scale = random.uniform(60, 200);
    LatticeNoise field(key);
    forEachRay(canvas.plane, [&](std::size_t pixel, Point p) {
      canvas.grey[pixel] *= static_cast<float>(1 + strength * field.at(p.x / scale, p.y / scale));
    });
  }
  blur(canvas.grey, width, height, random.uniform() < 0.25 ? random.uniform(1.2, 2.4) : random.uniform(0.2, 1.3));
  const auto [low, high] = quantilesOf(canvas.grey, 0.02, 0.98);
  const double range = std::max(0.02F, high - low);
  const auto noisy = [&](double sigmaPixels, double strength, bool multiplied) {
    Map noise(canvas.plane.count());
    for (auto& value : noise) value = grain(random);
    blur(noise, width, height, sigmaPixels);
    // A blur of sigma s takes white noise down to 1 / (2 sqrt(pi) s).
    const double gain = strength * std::max(1.0, 3.545 * sigmaPixels);
    for (std::size_t i = 0; i < noise.size(); ++i) {
      const float grey = multiplied ? (canvas.grey[i] - low) / static_cast<float>(range) : 1.0F;
      canvas.grey[i] += static_cast<float>(gain * range) * noise[i] * grey;
    }
  };
  noisy(0, 0.12 * square(random.uniform()), false);
  if (random.uniform() < 0.35) noisy(random.uniform(0.5, 1.6), random.uniform(0.01, 0.12), false);
  if (random.uniform() < 0.2) noisy(random.uniform(0, 1.2), random.uniform(0.05, 0.25), true);
  display(canvas.grey, random);
}

void display(Map& grey, Random& random) {
  const auto [low, high] = quantilesOf(grey, 0.02 * square(random.uniform()), 1 - 0.02 * square(random.uniform()));
  const double range = std::max(1e-3F, high - low);
  const double gamma = std::exp(random.uniform(-0.5, 0.5)), curve = random.uniform(-0.2, 0.6);
  const double black = 0.25 * square(random.uniform()), white = 1 - 0.25 * square(random.uniform());
  const bool inverted = random.uniform() < 0.3;
  // The curve at kSteps places; straight between them.
  constexpr std::size_t kSteps = 2048;
  std::array<float, kSteps + 2> table{};
  for (std::size_t i = 0; i <= kSteps; ++i) {
    const double bent = std::pow(static_cast<double>(i) / kSteps, gamma);
    const double shown = black + (white - black) * std::clamp(bent + curve * (bent * bent * (3 - 2 * bent) - bent), 0.0, 1.0);
    table[i] = static_cast<float>(inverted ? 1 - shown : shown);
  }
  table[kSteps + 1] = table[kSteps];
  const auto scale = static_cast<float>(kSteps / range);
  for (auto& value : grey) {
    const float place = std::clamp((value - low) * scale, 0.0F, static_cast<float>(kSteps));
    const auto step = static_cast<std::size_t>(static_cast<int>(place));
    value = table[step] + (table[step + 1] - table[step]) * (place - static_cast<float>(step));
  }
}

PromptableScene finished(const std::string& family, const Plane& plane, Map grey, std::vector<Mask> structures) {
  PromptableScene scene{.family = family, .image = {.geometry = {.size = {plane.width, plane.height, 1}}}};
  std::erase_if(structures, [](const Mask& mask) { return mask.area() < kSmallestStructure; });
  if (structures.empty()) throw Error(ErrorKind::Defect, "empty-scene", "A scene of the family " + family + " has nothing in it.");
  scene.image.values = std::move(grey);
  scene.structures = std::move(structures);
  return scene;
}

}  // namespace roundel::phantom
