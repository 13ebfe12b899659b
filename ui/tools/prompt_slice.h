#pragma once
#include <QImage>

#include "core/mask.h"
#include "viewer/picture.h"
#include "viewer/plane.h"

namespace roundel {

/// A slice of a picture or volume as it is on the screen: 8 bits of grey, rows as the plane has them.
QImage greySlice(const Picture& picture, const Plane& plane, std::int64_t slice, const PixelPipelineSettings& display);

/// A mask on a plane's pixels (sizeU x sizeV) brought into the grid, on that slice.
Mask liftedMask(const Mask& flat, const Size& size, const Plane& plane, std::int64_t slice);

}  // namespace roundel
