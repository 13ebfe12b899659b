#include "viewer/ray_budget.h"

#include <algorithm>
#include <cmath>

namespace roundel {
namespace {

constexpr std::array kSides{1.0, 1.5, 2.0, 3.0, 4.0, 6.0};
constexpr double kUnknownCoarse = 4, kUnknownFine = 3;

/// Of all that a picture may take: what rays get, however long surfaces take. Fewer would only be uglier.
constexpr double kLeastShare = 0.4;

double workOf(const RayBudget::Choice& choice) { return 1 / (choice.pixels * choice.pixels * choice.voxels); }

}  // namespace

RayBudget::Choice RayBudget::choice(Detail detail) const {
  const bool fine = detail == Detail::Fine;
  Choice choice{.pixels = fine ? kUnknownFine : kUnknownCoarse, .voxels = fine ? 1.0 : 2.0};
  if (m_raysMs <= 0) return choice;
  const double most = fine ? kFineMs : kCoarseMs, left = std::max(most - m_fixedMs, kLeastShare * most);
  for (const double side : kSides) {
    choice.pixels = side;
    if (m_raysMs * workOf(choice) <= left) break;
  }
  return choice;
}

int RayBudget::partsOf(const Choice& choice) const {
  return static_cast<int>(std::ceil(m_raysMs * workOf(choice) / std::max(kFineMs - m_fixedMs, kLeastShare * kFineMs)));
}

void RayBudget::note(const Choice& choice, double milliseconds) {
  const double work = workOf(choice);
  if (m_raysMs <= 0) {
    m_raysMs = std::max(milliseconds / work, 1e-3);  // all of it, until another number of rays tells more
  } else if (std::abs(work - m_work) > 0.2 * std::max(work, m_work)) {
    m_raysMs = std::max((milliseconds - m_took) / (work - m_work), 1e-3);
    m_fixedMs = std::max(0.0, milliseconds - m_raysMs * work);
  } else {
    // The same again: the machine is busier or less so than before.
    const double meant = m_fixedMs + m_raysMs * work, factor = std::clamp(milliseconds / std::max(meant, 1e-3), 0.5, 2.0);
    m_fixedMs *= std::sqrt(factor), m_raysMs *= std::sqrt(factor);
  }
  m_work = work, m_took = milliseconds;
}

}  // namespace roundel
