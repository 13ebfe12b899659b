#pragma once
#include "core/registry.h"

namespace roundel {

class SpecialistBuilder;

/// The kinds of specialists (builtin_specialists.cpp): "unet2d", "nnunet-like".
const Registry<SpecialistBuilder>& specialists();

}  // namespace roundel
