#pragma once
#include <array>
#include <span>
#include <vector>

#include "core/annotation.h"
#include "core/prediction.h"
#include "models/generalist.h"

namespace roundel {

struct PrototypeOptions {
  int perClass = 1;          ///< prototypes a class, by k-means
  double temperature = 0.1;  ///< of the softmax over cosines
  double position = 1;       ///< how much a class's place relative to the foreground counts; 0: nothing
  double shell = 8;          ///< pixels around the foreground that have a prototype of their own
};

/// Masks spread by features: what SemiSAM-O1 begins with (ALGORITHMS.md 5.4b, points 2 and 3), on pictures and volumes, of classes that may
/// overlap.
///
/// A class's prototypes are means of the feature vectors that lie in it, weighed by its share of each cell; the ground has two, of a shell
/// around the foreground and of the rest, and every other class stands against it too. A pixel is of the class as the softmax of the two
/// largest cosines, for and against, says; where the class lies relative to the foreground's centre counts beside.
class Prototypes {
 public:
  /// `features`, `labels` and `sizes` of the same cases; masks on their case's size. A class that is annotated in none has no prototype and
  /// is found nowhere.
  Prototypes(std::span<const FeatureMap> features, std::span<const std::vector<ClassAnnotation>> labels, std::span<const Size> sizes,
             int classCount, const PrototypeOptions& options);

  /// Probabilities on the grid of another case, of this size. Throws Error(BadInput, "size-mismatch") on features of other channels.
  Prediction propagate(const FeatureMap& features, Size size) const;

 private:
  struct Place {
    double x = 0, y = 0, z = 0, spread = 1;  ///< relative to the foreground's centre, pixels
    bool known = false;
  };
  /// The largest cosine of every pixel to some vectors, linearly interpolated.
  static std::vector<float> nearest(const FeatureMap& features, std::span<const std::vector<float>> vectors, Size size);

  /// Lowers cosines with the distance from where the class is to be expected.
  void lowerElsewhere(std::vector<float>& scores, Size size, const Place& place, const std::array<double, 3>& centre) const;

  PrototypeOptions m_options;
  int m_channels = 0;
  std::vector<std::vector<std::vector<float>>> m_classes;  ///< [class][prototype][channel]
  std::vector<std::vector<float>> m_ground;
  std::vector<Place> m_places;
};

}  // namespace roundel
