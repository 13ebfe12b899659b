#pragma once
#include <array>
#include <cstddef>

namespace roundel {

/// How finely rays are cast, so that a picture keeps within its time on whatever draws it: on a graphics card every pixel has its ray, on a
/// processor it may be one for a few. Learnt from the times of the pictures before: part of a picture's time is the same for any number of
/// rays (surfaces), the rest goes with their number.
class RayBudget {
 public:
  enum class Detail {
    Coarse,  ///< something moves
    Fine     ///< it rests
  };
  struct Choice {
    double pixels = 1;  ///< side of the square that a ray stands for
    double voxels = 1;  ///< from one look at the volume to the next
    bool operator==(const Choice&) const = default;
  };

  Choice choice(Detail detail) const;
  /// In how many parts such a picture keeps within the time of a fine one.
  int partsOf(const Choice& choice) const;
  /// A picture took so long.
  void note(const Choice& choice, double milliseconds);
  /// Rays cost something else from now on.
  void forget() { *this = RayBudget(); }

  /// The window may be held for 50 ms; other things happen in it, and beside it, too.
  static constexpr double kCoarseMs = 25, kFineMs = 30;

 private:
  double m_fixedMs = 0;
  double m_raysMs = 0;  ///< of a ray for every pixel that looks at every voxel; 0: not known
  double m_work = 0, m_took = 0;
};

}  // namespace roundel
