#include "raster/local_contrast.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace roundel {
namespace {

constexpr int kBins = 256;

/// Share of the tile that is darker, at the lower edge of each bin and, last, at 1.
using Curve = std::array<float, kBins + 1>;

double scaled(float value) { return std::clamp(static_cast<double>(value), 0.0, 1.0) * kBins; }

struct Stretch {
  std::int64_t begin, end;
};

Stretch stretchOf(std::int64_t length, int tiles, int index) { return {length * index / tiles, length * (index + 1) / tiles}; }

Curve curveOf(const std::vector<float>& values, std::int64_t width, Stretch columns, Stretch rows, double clipLimit) {
  std::array<double, kBins> counts{};
  for (std::int64_t y = rows.begin; y < rows.end; ++y)
    for (std::int64_t x = columns.begin; x < columns.end; ++x)
      counts[static_cast<std::size_t>(std::min<double>(scaled(values[static_cast<std::size_t>(y * width + x)]), kBins - 1))] += 1;
  const auto pixels = static_cast<double>((columns.end - columns.begin) * (rows.end - rows.begin));
  const double limit = clipLimit * pixels / kBins;
  double surplus = 0;
  for (double& count : counts) {
    surplus += std::max(0.0, count - limit);
    count = std::min(count, limit);
  }
  Curve curve{};
  double sum = 0;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    curve[bin] = static_cast<float>(sum / pixels);
    sum += counts[bin] + surplus / kBins;
  }
  curve[kBins] = 1;
  return curve;
}

float along(const Curve& curve, double place) {
  const auto bin = static_cast<std::size_t>(std::min<double>(place, kBins - 1));
  return curve[bin] + static_cast<float>(place - static_cast<double>(bin)) * (curve[bin + 1] - curve[bin]);
}

/// The two tiles whose centres lie on either side of a pixel, and the share of the second.
struct Between {
  int first, second;
  float share;
};

std::vector<Between> betweenTiles(std::int64_t length, int tiles) {
  std::vector<Between> places;
  for (std::int64_t at = 0; at < length; ++at) {
    const double place = (static_cast<double>(at) + 0.5) * tiles / static_cast<double>(length) - 0.5;
    const int first = static_cast<int>(std::floor(place));
    places.push_back({std::clamp(first, 0, tiles - 1), std::clamp(first + 1, 0, tiles - 1), static_cast<float>(place - std::floor(place))});
  }
  return places;
}

}  // namespace

void equaliseLocally(std::vector<float>& values, std::int64_t width, std::int64_t height, int tiles, double clipLimit) {
  // A tile of fewer pixels than that says nothing about its surroundings.
  constexpr std::int64_t kSmallestTile = 8;
  const int across = static_cast<int>(std::clamp<std::int64_t>(width / kSmallestTile, 1, tiles));
  const int down = static_cast<int>(std::clamp<std::int64_t>(height / kSmallestTile, 1, tiles));
  std::vector<Curve> curves;
  for (int row = 0; row < down; ++row)
    for (int column = 0; column < across; ++column)
      curves.push_back(curveOf(values, width, stretchOf(width, across, column), stretchOf(height, down, row), std::max(1.0, clipLimit)));
  const auto columns = betweenTiles(width, across), rows = betweenTiles(height, down);
  const auto curve = [&](int row, int column) -> const Curve& { return curves[static_cast<std::size_t>(row * across + column)]; };
  for (std::int64_t y = 0; y < height; ++y) {
    const Between& row = rows[static_cast<std::size_t>(y)];
    for (std::int64_t x = 0; x < width; ++x) {
      const Between& column = columns[static_cast<std::size_t>(x)];
      float& value = values[static_cast<std::size_t>(y * width + x)];
      const double place = scaled(value);
      const float above =
          std::lerp(along(curve(row.first, column.first), place), along(curve(row.first, column.second), place), column.share);
      const float below =
          std::lerp(along(curve(row.second, column.first), place), along(curve(row.second, column.second), place), column.share);
      value = std::clamp(std::lerp(above, below, row.share), 0.0F, 1.0F);
    }
  }
}

}  // namespace roundel
