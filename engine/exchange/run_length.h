#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/mask.h"
#include "raster/label_size.h"

namespace roundel {

/// COCO run lengths: column by column from the top left, alternating outside, inside, starting outside (pycocotools, maskApi.c).
/// Throws Error(BadInput, "bad-mask") where a count is negative, the sum is not width * height, or the mask is in more than
/// 8 million pieces.
Mask maskFromCocoCounts(Size size, std::span<const std::int64_t> counts);
std::vector<std::int64_t> cocoCounts(const Mask& mask);

/// pycocotools' text of counts: differences to the count before the last, 5 bits a character from '0' up (rleToString).
/// Throws Error(BadInput, "bad-mask").
std::vector<std::int64_t> cocoCountsFromText(std::string_view text);
std::string cocoTextFromCounts(std::span<const std::int64_t> counts);

/// CVAT's mask: run lengths row by row inside a box of the image, starting outside. The part of the box that leaves the image
/// is cut off. Throws Error(BadInput, "bad-mask").
Mask maskFromBoxCounts(Size size, PixelBox box, std::span<const std::int64_t> counts);
std::vector<std::int64_t> boxCounts(const Mask& mask, PixelBox box);

}  // namespace roundel
