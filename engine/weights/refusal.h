#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace roundel {

/// What a person can do about a file of weights that is refused.
inline constexpr const char* kFetchAgain = "Copy or download the file again from where it came.";
inline constexpr const char* kSaveAgain =
    "Ask whoever made it to save the network's state_dict alone, with PyTorch 1.6 or newer or as a safetensors file.";
inline constexpr const char* kDoNotTrust = "Do not use it; ask where it came from and fetch it from its publisher.";

/// Throws Error(BadInput, "bad-weights"): "FILE cannot be used as weights: REASON." `reason` has no full stop.
[[noreturn]] void refuseWeights(const std::filesystem::path& file, const std::string& reason, const std::string& remedy = kFetchAgain);

/// A name out of a foreign file, fit for a sentence: UTF-8, no control characters, at most about 120 bytes.
std::string shownName(std::string_view name);

}  // namespace roundel
