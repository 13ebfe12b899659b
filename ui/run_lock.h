#pragma once
#include <filesystem>

namespace roundel {

/// Whether a process of this machine holds the lock of a run (`run.lock`), as the kernel lists locks. Only looks: trying the lock would
/// refuse an engine that begins at that very moment. False where the kernel does not say.
bool isLockedHere(const std::filesystem::path& file);

}  // namespace roundel
