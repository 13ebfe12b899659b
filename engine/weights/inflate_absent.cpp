// For a machine without zlib (preset `gpu`): PyTorch itself never deflates.
#include "weights/inflate.h"

namespace roundel {

InflateResult inflateInto(std::span<const std::byte>, std::span<std::byte>) { return InflateResult::Unsupported; }

}  // namespace roundel
