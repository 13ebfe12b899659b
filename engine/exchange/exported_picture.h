#pragma once
#include <string>

#include "core/image.h"

namespace roundel {

/// Grey of 0..1 as a PNG file's bytes: it loses nothing of 8-bit pictures and keeps 16 bits of the others.
std::string picturePng(const Image& image);

}  // namespace roundel
