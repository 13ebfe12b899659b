#pragma once
#include "phantom/dental_layout.h"

namespace roundel::phantom {

/// Attenuation a mm at about 40 keV (NIST XCOM, rounded to what a panoramic machine's spectrum makes of it).
struct Attenuation {
  static constexpr double kSoft = 0.026;
  static constexpr double kTrabecular = 0.055;
  static constexpr double kCortical = 0.125;
  static constexpr double kDentine = 0.15;
  static constexpr double kEnamel = 0.25;
  static constexpr double kTitanium = 0.45;
  static constexpr double kGuttaPercha = 0.55;
  static constexpr double kPlaster = 0.07;
};

/// Everything around the teeth.
struct JawMaps {
  Map integral;  ///< line integrals of all but trabecular bone and teeth: soft tissue, cortical bone, spine, air
  Map boneMm;    ///< length through trabecular bone, from which teeth take their share
};

JawMaps castJaws(const DentalLayout& layout, const PhantomOptions& options, std::uint64_t seed, std::int64_t index);

}  // namespace roundel::phantom
