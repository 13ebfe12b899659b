#pragma once
// What the two kinds of prepared studies, of pictures and of volumes, have in common as files.
#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weights/safetensors.h"

namespace roundel {

inline constexpr const char* kPreparedPictures = "roundel.prepared-study/1";
inline constexpr const char* kPreparedVolumes = "roundel.prepared-study/2";
inline constexpr std::string_view kPreparedFamily = "roundel.prepared-study/";
inline constexpr std::array<const char*, 4> kPreparedSplits{"labelled", "unlabelled", "validation", "test"};
inline constexpr double kLargestPreparedBytes = 8e9;

/// Throws Error(BadInput, "bad-prepared-study").
[[noreturn]] void refusePrepared(const std::filesystem::path& path, const std::string& reason);

/// A tensor of the file; refuses the file where it is missing or of another type or shape.
TensorView preparedTensor(const SafetensorsFile& file, const std::string& name, const char* dtype, const std::vector<std::int64_t>& shape);

/// `count` bytes of a tensor of bytes, from `start`.
std::span<const std::uint8_t> bytesAt(const TensorView& tensor, std::size_t start, std::size_t count);

}  // namespace roundel
