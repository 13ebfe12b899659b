#pragma once
#include "exchange/study.h"
#include "imaging/decoded_image.h"

namespace roundel {

/// What a decoded image, or its header alone, says of itself, as this room looks at it. A patient is known where the file names one.
ImageFacts factsOf(const DecodedImage& decoded);
ImageFacts factsOf(const ImageProbe& probe);

}  // namespace roundel
