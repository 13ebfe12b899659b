#pragma once
#include <string>

#include "core/registry.h"

namespace roundel {

class SpecialistBuilder;

/// The kinds of specialists (builtin_specialists.cpp): "unet2d", "unet3d" ...
const Registry<SpecialistBuilder>& specialists();

/// 2: a kind that learns from pictures; 3: from volumes. Throws Error(Usage, "unknown-specialist").
int dimensionsOf(const std::string& specialist);

}  // namespace roundel
