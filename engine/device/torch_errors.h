#pragma once
#include <functional>
#include <string>

namespace roundel {

/// Runs `work` and turns LibTorch's exceptions into ours: memory that cannot be had becomes Error(Resource, "out-of-memory")
/// with what to do about it, a failing device Error(Resource, "device-failed"), anything else of LibTorch Error(Defect).
/// `doing` says what was going on: "training the specialist".
void translatingTorchErrors(const std::string& doing, const std::function<void()>& work);

}  // namespace roundel
