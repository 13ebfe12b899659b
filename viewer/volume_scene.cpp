#include "viewer/volume_scene.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "raster/parallel.h"

namespace roundel {
namespace {

using Vector = std::array<double, 3>;

std::size_t flatIndex(const Size& size, std::int64_t x, std::int64_t y, std::int64_t z) {
  return static_cast<std::size_t>((z * size.y + y) * size.x + x);
}

std::int64_t stepOf(const Size& grid) {
  const std::int64_t longest = std::max({grid.x, grid.y, grid.z});
  return (longest + VolumeScene::kMostSide - 1) / VolumeScene::kMostSide;
}

/// What a ray needs: the grid in voxels of the scene, with the way from the screen to it.
class Rays {
 public:
  Rays(const VolumeScene& scene, const VolumeLook& look, const QSize& size) : m_scene(scene), m_look(look) {
    const auto axes = screenAxes(look);
    double radius = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      const double side = static_cast<double>(extent(i)) * scene.spacingMm[i];
      m_centre[i] = static_cast<double>(extent(i) - 1) / 2;
      radius += side * side / 4;
    }
    const double perPixel = 1.6 * std::sqrt(radius) / std::min(size.width(), size.height()) / look.zoom;
    // Voxels a millimetre along a direction of the body.
    const auto inVoxels = [&](const Vector& way, double scale) {
      Vector result{};
      for (std::size_t i = 0; i < 3; ++i) {
        double along = 0;
        for (std::size_t j = 0; j < 3; ++j) along += scene.direction[3 * j + i] * way[j];
        result[i] = along * scale / scene.spacingMm[i];
      }
      return result;
    };
    m_right = inVoxels(axes[0], perPixel), m_down = inVoxels(axes[1], perPixel);
    m_step = inVoxels(axes[2], *std::min_element(scene.spacingMm.begin(), scene.spacingMm.end()));
    m_away = axes[2];
    m_half = {size.width() / 2.0, size.height() / 2.0};
  }

  QRgb cast(int px, int py) const {
    const double right = px + 0.5 - m_half[0], down = py + 0.5 - m_half[1];
    Vector from{};
    double first = -1e9, last = 1e9;
    for (std::size_t i = 0; i < 3; ++i) {
      from[i] = m_centre[i] + right * m_right[i] + down * m_down[i];
      const double low = 0, high = static_cast<double>(extent(i) - 1);
      if (std::abs(m_step[i]) < 1e-9) {
        if (from[i] < low || from[i] > high) return kNothing;
        continue;
      }
      const double a = (low - from[i]) / m_step[i], b = (high - from[i]) / m_step[i];
      first = std::max(first, std::min(a, b)), last = std::min(last, std::max(a, b));
    }
    if (first > last) return kNothing;
    return m_look.style == VolumeStyle::Maximum ? brightest(from, first, last) : through(from, first, last);
  }

  static constexpr QRgb kNothing = 0xff101214;

 private:
  std::int64_t extent(std::size_t axis) const { return axis == 0 ? m_scene.size.x : axis == 1 ? m_scene.size.y : m_scene.size.z; }

  struct Place {
    std::int64_t x, y, z;
    float u, v, w;
  };
  Place placeAt(const Vector& from, double t) const {
    const auto part = [&](std::size_t i) { return std::clamp(from[i] + t * m_step[i], 0.0, static_cast<double>(extent(i) - 1)); };
    const double x = part(0), y = part(1), z = part(2);
    const auto ix = static_cast<std::int64_t>(x), iy = static_cast<std::int64_t>(y), iz = static_cast<std::int64_t>(z);
    return {ix,
            iy,
            iz,
            static_cast<float>(x - static_cast<double>(ix)),
            static_cast<float>(y - static_cast<double>(iy)),
            static_cast<float>(z - static_cast<double>(iz))};
  }

  float between(const std::vector<std::uint8_t>& field, const Place& p) const {
    const std::int64_t dx = p.x + 1 < m_scene.size.x ? 1 : 0, dy = p.y + 1 < m_scene.size.y ? m_scene.size.x : 0,
                       dz = p.z + 1 < m_scene.size.z ? m_scene.size.x * m_scene.size.y : 0;
    const std::uint8_t* low = field.data() + flatIndex(m_scene.size, p.x, p.y, p.z);
    const std::uint8_t* high = low + dz;
    const auto plane = [&](const std::uint8_t* f) {
      const float top = static_cast<float>(f[0]) * (1 - p.u) + static_cast<float>(f[dx]) * p.u;
      const float bottom = static_cast<float>(f[dy]) * (1 - p.u) + static_cast<float>(f[dx + dy]) * p.u;
      return top * (1 - p.v) + bottom * p.v;
    };
    return plane(low) * (1 - p.w) + plane(high) * p.w;
  }

  std::uint8_t labelAt(const Place& p) const {
    const auto nearest = [](std::int64_t i, float part, std::int64_t end) { return std::min(i + (part >= 0.5F ? 1 : 0), end - 1); };
    return m_scene.label[flatIndex(m_scene.size, nearest(p.x, p.u, m_scene.size.x), nearest(p.y, p.v, m_scene.size.y),
                                   nearest(p.z, p.w, m_scene.size.z))];
  }

  /// Light from the eye: how far the surface faces it, 0.25 .. 1.
  double shade(const Vector& from, double t) const {
    Vector normal{};
    for (std::size_t i = 0; i < 3; ++i) {
      Vector before = from, behind = from;
      before[i] -= 1.5, behind[i] += 1.5;
      const double change = between(m_scene.solid, placeAt(behind, t)) - between(m_scene.solid, placeAt(before, t));
      for (std::size_t j = 0; j < 3; ++j) normal[j] += m_scene.direction[3 * j + i] * change / m_scene.spacingMm[i];
    }
    const double length = std::sqrt(normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2]);
    if (length < 1e-6) return 0.6;
    const double facing = (normal[0] * m_away[0] + normal[1] * m_away[1] + normal[2] * m_away[2]) / length;
    return 0.25 + 0.75 * std::max(0.0, facing);
  }

  QRgb through(const Vector& from, double first, double last) const {
    double red = 0, green = 0, blue = 0, left = 1;
    for (double t = first; t <= last && left > 0.03; t += 1) {
      const Place place = placeAt(from, t);
      if (const std::uint8_t label = labelAt(place); label != 0) {
        const QRgb colour = m_scene.colours[label - 1U];
        const double light = shade(from, t) * left * 0.85;
        red += qRed(colour) * light, green += qGreen(colour) * light, blue += qBlue(colour) * light;
        left *= 0.15;
        continue;
      }
      const float grey = between(m_scene.grey, place);
      if (grey < 40) continue;
      const double opacity = m_look.veil * 0.06 * (grey - 40) / 215;
      red += grey * opacity * left, green += grey * opacity * left, blue += grey * opacity * left;
      left *= 1 - opacity;
    }
    return over(red, green, blue, left);
  }

  QRgb brightest(const Vector& from, double first, double last) const {
    float most = 0;
    std::uint8_t label = 0;
    double reached = 0;
    for (double t = first; t <= last; t += 1) {
      const Place place = placeAt(from, t);
      most = std::max(most, between(m_scene.grey, place));
      if (label == 0 && (label = labelAt(place)) != 0) reached = t;
    }
    if (label == 0) return over(most, most, most, most > 0 ? 0 : 1);
    const QRgb colour = m_scene.colours[label - 1U];
    const double light = shade(from, reached);
    const auto mixed = [&](int channel) { return 0.5 * most + 0.5 * channel * light; };
    return over(mixed(qRed(colour)), mixed(qGreen(colour)), mixed(qBlue(colour)), 0);
  }

  static QRgb over(double red, double green, double blue, double left) {
    const auto channel = [left](double value, int below) { return std::clamp(static_cast<int>(value + left * below + 0.5), 0, 255); };
    return qRgb(channel(red, qRed(kNothing)), channel(green, qGreen(kNothing)), channel(blue, qBlue(kNothing)));
  }

  const VolumeScene& m_scene;
  const VolumeLook& m_look;
  Vector m_centre{}, m_right{}, m_down{}, m_step{}, m_away{};
  std::array<double, 2> m_half{};
};

}  // namespace

VolumeScene volumeScene(const Picture& picture, const PixelPipelineSettings& display) {
  const Size grid = picture.size();
  const std::int64_t step = stepOf(grid);
  VolumeScene scene;
  scene.size = {(grid.x + step - 1) / step, (grid.y + step - 1) / step, (grid.z + step - 1) / step};
  for (std::size_t i = 0; i < 3; ++i) scene.spacingMm[i] = picture.geometry().spacingMm[i] * static_cast<double>(step);
  scene.direction = picture.geometry().direction;
  scene.grey.resize(static_cast<std::size_t>(scene.size.count()));
  scene.label.resize(scene.grey.size());
  scene.solid.resize(scene.grey.size());
  const auto table = picture.greyTable(display);
  const auto& codes = picture.levels()[0].codes;
  parallelFor(static_cast<int>(scene.size.z), 0, [&](int z) {
    std::vector<std::uint32_t> sums(static_cast<std::size_t>(scene.size.x)), counts(sums.size());
    for (std::int64_t y = 0; y < scene.size.y; ++y) {
      std::fill(sums.begin(), sums.end(), 0U);
      std::fill(counts.begin(), counts.end(), 0U);
      for (std::int64_t sz = z * step; sz < std::min((z + 1) * step, grid.z); ++sz)
        for (std::int64_t sy = y * step; sy < std::min((y + 1) * step, grid.y); ++sy)
          for (std::int64_t sx = 0; sx < grid.x; ++sx) {
            const auto x = static_cast<std::size_t>(sx / step);
            sums[x] += table[codes[flatIndex(grid, sx, sy, sz)]], ++counts[x];
          }
      for (std::size_t x = 0; x < sums.size(); ++x)
        scene.grey[flatIndex(scene.size, static_cast<std::int64_t>(x), y, z)] =
            static_cast<std::uint8_t>(sums[x] / std::max(counts[x], 1U));
    }
  });
  return scene;
}

void layLabels(VolumeScene& scene, const Size& grid, const std::vector<LabelShape>& shapes) {
  const std::int64_t step = stepOf(grid);
  scene.colours.clear();
  std::fill(scene.label.begin(), scene.label.end(), std::uint8_t{0});
  for (const LabelShape& shape : shapes) {
    if (shape.mask == nullptr || shape.mask->empty() || scene.colours.size() >= 255) continue;
    scene.colours.push_back(shape.colour);
    const auto label = static_cast<std::uint8_t>(scene.colours.size());
    for (const Mask::Run& run : shape.mask->runs())
      for (std::int64_t i = run.start; i < run.start + run.length;) {
        const std::int64_t x = i % grid.x, y = i / grid.x % grid.y, z = i / (grid.x * grid.y);
        const std::int64_t end = std::min(run.start + run.length, i - x + grid.x);  // a run may go on in the next row
        const auto row = scene.label.begin() + static_cast<std::ptrdiff_t>(flatIndex(scene.size, 0, y / step, z / step));
        std::fill(row + x / step, row + (x + end - i - 1) / step + 1, label);
        i = end;
      }
  }
  // How much label is in the 27 voxels around: along one axis after the other.
  std::vector<std::uint16_t> sums(scene.label.size());
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = scene.label[i] != 0 ? 9 : 0;
  const std::array<std::int64_t, 3> strides{1, scene.size.x, scene.size.x * scene.size.y},
      extents{scene.size.x, scene.size.y, scene.size.z};
  std::vector<std::uint16_t> before;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    before = sums;
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(sums.size()); ++i) {
      const std::int64_t place = i / strides[axis] % extents[axis];
      const auto value = [&](std::int64_t by) {
        return place + by < 0 || place + by >= extents[axis] ? 0 : before[static_cast<std::size_t>(i + by * strides[axis])];
      };
      sums[static_cast<std::size_t>(i)] = static_cast<std::uint16_t>(value(-1) + value(0) + value(1));
    }
  }
  for (std::size_t i = 0; i < sums.size(); ++i) scene.solid[i] = static_cast<std::uint8_t>(std::min(sums[i] * 255 / 243, 255));
}

std::array<std::array<double, 3>, 3> screenAxes(const VolumeLook& look) {
  // Turned about the body's axis (S), then tilted. From the front: right is L (+x), down is I (-z), away is P (+y).
  const double cy = std::cos(look.yaw), sy = std::sin(look.yaw), cp = std::cos(look.pitch), sp = std::sin(look.pitch);
  const Vector right{cy, sy, 0}, level{-sy, cy, 0};
  const Vector away{level[0] * cp, level[1] * cp, -sp}, down{-level[0] * sp, -level[1] * sp, -cp};
  return {right, down, away};
}

QImage castRays(const VolumeScene& scene, const VolumeLook& look, const QSize& size, const std::function<bool()>& stopped) {
  QImage image(size, QImage::Format_RGB32);
  const Rays rays(scene, look, size);
  uchar* bits = image.bits();
  const qsizetype stride = image.bytesPerLine();
  std::atomic<bool> given{false};
  parallelFor(size.height(), 0, [&](int y) {
    if (given || (stopped && y % 8 == 0 && stopped())) {
      given = true;
      return;
    }
    auto* line = reinterpret_cast<QRgb*>(bits + y * stride);
    for (int x = 0; x < size.width(); ++x) line[x] = rays.cast(x, y);
  });
  return given ? QImage() : image;
}

}  // namespace roundel
