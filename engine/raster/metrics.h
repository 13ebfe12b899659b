#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/annotation.h"
#include "core/geometry.h"
#include "core/mask.h"

namespace roundel {

/// How well one predicted mask agrees with the truth. What is not defined has no value; it is not 0.
///
/// | truth   | prediction | dice, iou | precision | recall | distances | false positive |
/// | present | present    | value     | value     | value  | value     | false          |
/// | present | empty      | 0         | none      | 0      | none      | false          |
/// | absent  | present    | none      | 0         | none   | none      | true           |
/// | absent  | empty      | none      | none      | none   | none      | false          |
///
/// Definitions of medpy (ALGORITHMS 2.5): the surface is the mask without its erosion by the cross of the nearest neighbours,
/// pixels beyond the image are background; asd is the mean distance from the prediction's surface to the truth's; hd95 the 95th
/// percentile (linear between ranks) of both lists of distances together, assd their mean, hd the largest of all. (medpy's code
/// pools the lists for assd; it is not the mean of the two means.)
struct MaskMetrics {
  std::optional<double> dice, iou, precision, recall;
  std::optional<double> hd, hd95, asd, asdReversed, assd;  ///< in `unit`
  std::optional<double> volumeDifference;                  ///< (predicted - true area) / true area
  std::string unit = "px";                                 ///< "mm" where the spacing is known, "px" where it is not
  bool falsePositive = false;
  std::int64_t predictedPixels = 0, truePixels = 0, commonPixels = 0;  ///< without the ignored ones
};

enum class Distances { Skip, Measure };

struct MetricOptions {
  Distances distances = Distances::Measure;
  /// Pixels that stay out of everything; an empty mask for none. The cut along them is no surface.
  Mask ignore = {};
};

/// `grid`: of both masks; its spacing counts where it has a source. Throws Error(BadInput, "size-mismatch").
MaskMetrics compareMasks(const Mask& prediction, const Mask& truth, const Geometry& grid, const MetricOptions& options = {});

/// One entry a class of the truth, in order; none where the class is not annotated. `predicted` holds one mask a class.
std::vector<std::optional<MaskMetrics>> compareCase(std::span<const Mask> predicted, const Annotation& truth, const Geometry& grid,
                                                    Distances distances = Distances::Measure);

/// 2 |A and B| / (|A| + |B|); none where both are empty. Symmetric: for agreement between two opinions without a truth.
std::optional<double> diceOf(const Mask& a, const Mask& b);
/// Mean Dice of the masks two by two; two empty ones agree. None for fewer than two masks.
std::optional<double> meanPairwiseDice(std::span<const Mask> masks);

/// Mean over the values that there are; none where there are none (the paper's NaN-mean, ALGORITHMS 6.8).
std::optional<double> meanOfPresent(std::span<const std::optional<double>> values);

}  // namespace roundel
