#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "edit/brush.h"

namespace roundel {

struct LivewireOptions {
  double smoothingPx = 1.5;  ///< standard deviation of the blur before edges are looked for; 0: none
  double sharpness = 2;      ///< how strongly a path prefers strong edges; 0: straight lines
};

/// A line that clings to edges (intelligent scissors, Mortensen and Barrett 1995, with the strength of the edge as its cost).
///
/// The cost of every pixel is made once. From a seed the cheapest paths spread only as far as the farthest place asked for so far, so
/// a question about a place that was passed already costs no more than walking back along its path. Belongs to one thread.
class Livewire {
 public:
  /// Greys of a slice, row by row. Throws Error(BadInput, "size-mismatch"), also above 2^28 pixels.
  Livewire(std::span<const float> values, std::int64_t width, std::int64_t height, const LivewireOptions& options = {});

  /// Where paths begin from now on; a place outside is taken to the nearest pixel.
  void setSeed(std::int64_t x, std::int64_t y);
  /// Pixels from the seed to the place, both included, each touching the next by a side or corner. Throws Error(Usage, "no-seed").
  std::vector<EditPoint> pathTo(std::int64_t x, std::int64_t y);

  /// Pixels whose cheapest path is known; for measuring.
  std::int64_t settledPixels() const { return m_settled; }

 private:
  // All arrays have a frame of one pixel around the image, which counts as settled: no step has to ask whether it leaves the image.
  std::uint32_t indexOf(std::int64_t x, std::int64_t y) const;
  void relax(std::uint32_t from);

  std::int64_t m_width, m_height;
  std::array<std::int32_t, 8> m_offset{};             ///< to the eight neighbours
  std::vector<std::uint8_t> m_cost;                   ///< 1 on the strongest edges .. 128 where there is none
  std::vector<std::uint32_t> m_distance;              ///< from the seed
  std::vector<std::uint8_t> m_step;                   ///< which neighbour the path comes from; bit 4: settled
  std::vector<std::vector<std::uint32_t>> m_buckets;  ///< pixels by distance modulo their number
  std::uint32_t m_reached = 0;                        ///< distance up to which all is settled
  std::int64_t m_waiting = 0;                         ///< entries in the buckets
  std::int64_t m_settled = 0;
  std::optional<std::uint32_t> m_seed;
};

}  // namespace roundel
