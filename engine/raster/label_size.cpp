#include "raster/label_size.h"

#include <string>

#include "core/error.h"

namespace roundel {

void requireLabelSize(Size size) {
  if (size.z > 1)
    throw Error(ErrorKind::BadInput, "not-2d", "These labels are of a volume, and this format holds pictures.",
                {.remedy = "Export volumes as nifti."});
  constexpr std::int64_t kMostSide = 65535;
  if (size.x < 1 || size.y < 1 || size.z != 1 || size.x > kMostSide || size.y > kMostSide || size.count() > kMostLabelPixels)
    throw Error(ErrorKind::BadInput, "bad-size",
                "An image of " + std::to_string(size.x) + " x " + std::to_string(size.y) + " pixels cannot be labelled.",
                {.remedy = "Both sides must lie between 1 and 65535 pixels, and the image must have at most 268 million."});
}

}  // namespace roundel
