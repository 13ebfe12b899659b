#pragma once
#include <span>

namespace roundel {

/// The grey that splits the values into two groups of the greatest variance between them (Otsu 1979), from a histogram of 1024 bins
/// between the smallest and the largest value. Values that are no numbers are passed over. A constant image gives its own value.
float otsuThreshold(std::span<const float> values);

}  // namespace roundel
