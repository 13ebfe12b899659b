#include "refine/random_walk.h"

// Only what Eigen offers under MPL 2: its LGPL parts would bind us further than a static library may be bound.
#define EIGEN_MPL2_ONLY
#include <Eigen/SparseCholesky>
#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.h"

namespace roundel {

namespace {

/// Half of the eight neighbours; the other half follows from symmetry.
struct Step {
  int dx, dy;
  double conductance;  ///< diagonal neighbours are farther away
};
constexpr std::array<Step, 4> kSteps{{{1, 0, 1.0}, {0, 1, 1.0}, {1, 1, 0.5}, {-1, 1, 0.5}}};

/// The least weight between neighbours, so that no region is cut off and the system stays solvable.
constexpr double kLeastWeight = 1e-5;

template <class Visit>
void forEachEdge(const Field& image, Visit visit) {
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x)
      for (const auto& step : kSteps) {
        const int nx = x + step.dx, ny = y + step.dy;
        if (nx < 0 || nx >= image.width || ny >= image.height) continue;
        visit(image.index(x, y), image.index(nx, ny), step.conductance);
      }
}

double meanSquaredDifference(const Field& image) {
  double sum = 0;
  std::int64_t count = 0;
  forEachEdge(image, [&](std::size_t a, std::size_t b, double) {
    const double d = static_cast<double>(image.values[a]) - static_cast<double>(image.values[b]);
    sum += d * d, ++count;
  });
  return count > 0 ? sum / static_cast<double>(count) : 0;
}

}  // namespace

Field randomWalk(const Field& image, const SeedField& seeds, const RandomWalkSettings& settings) {
  const auto pixels = image.values.size();
  Field out(image.width, image.height);
  std::vector<int> unknown(pixels, -1);
  int unknowns = 0;
  for (std::size_t i = 0; i < pixels; ++i) {
    if (seeds.seeds[i] == Seed::Unknown) unknown[i] = unknowns++;
    out.values[i] = seeds.seeds[i] == Seed::Foreground ? 1.0F : 0.0F;
  }
  if (unknowns == 0) return out;
  const bool seeded = static_cast<std::size_t>(unknowns) < pixels;
  if (!seeded) return seeds.prior.empty() ? out : seeds.prior;

  const double contrast = std::max(meanSquaredDifference(image), 1e-10);
  std::vector<Eigen::Triplet<double>> entries;
  entries.reserve(static_cast<std::size_t>(unknowns) * 5);
  Eigen::VectorXd diagonal = Eigen::VectorXd::Zero(unknowns), right = Eigen::VectorXd::Zero(unknowns);
  forEachEdge(image, [&](std::size_t a, std::size_t b, double conductance) {
    const int ua = unknown[a], ub = unknown[b];
    if (ua < 0 && ub < 0) return;
    const double d = static_cast<double>(image.values[a]) - static_cast<double>(image.values[b]);
    const double weight = conductance * std::max(std::exp(-settings.beta * d * d / contrast), kLeastWeight);
    if (ua >= 0) diagonal[ua] += weight;
    if (ub >= 0) diagonal[ub] += weight;
    if (ua >= 0 && ub >= 0) entries.emplace_back(std::max(ua, ub), std::min(ua, ub), -weight);
    else if (ua >= 0) right[ua] += weight * static_cast<double>(out.values[b]);
    else right[ub] += weight * static_cast<double>(out.values[a]);
  });
  const bool prior = settings.priorWeight > 0 && !seeds.prior.empty();
  for (std::size_t i = 0; i < pixels; ++i) {
    const int u = unknown[i];
    if (u < 0) continue;
    if (prior) diagonal[u] += settings.priorWeight, right[u] += settings.priorWeight * static_cast<double>(seeds.prior.values[i]);
    entries.emplace_back(u, u, diagonal[u]);
  }
  Eigen::SparseMatrix<double> system(unknowns, unknowns);
  system.setFromTriplets(entries.begin(), entries.end());
  const Eigen::SimplicialLLT<Eigen::SparseMatrix<double>, Eigen::Lower> solver(system);
  if (solver.info() != Eigen::Success) throw Error(ErrorKind::Defect, "unsolvable", "The random walker's equations could not be solved.");
  const Eigen::VectorXd solution = solver.solve(right);
  for (std::size_t i = 0; i < pixels; ++i)
    if (unknown[i] >= 0) out.values[i] = static_cast<float>(std::clamp(solution[unknown[i]], 0.0, 1.0));
  return out;
}

}  // namespace roundel
