#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/image.h"
#include "raster/stored_image.h"

namespace roundel {

// Writers. Every file is written whole or not at all. Nothing but pixels, palette and geometry is written: no text chunk, no
// time, no name, nothing of a patient. The same input gives the same bytes.
// All throw Error(Resource, "disk-full" | "not-writable") and Error(Defect, "bad-image") where the values do not fit the size.

using Colour = std::array<std::uint8_t, 3>;

/// The bytes of a PNG file, rows from the top, x fastest. `pixels` holds width * height values (times 3 for RGB).
std::string encodeGreyPng(std::int64_t width, std::int64_t height, std::span<const std::uint8_t> pixels);
std::string encodeGreyPng16(std::int64_t width, std::int64_t height, std::span<const std::uint16_t> pixels);
std::string encodeRgbPng(std::int64_t width, std::int64_t height, std::span<const std::uint8_t> pixels);
/// An indexed PNG: `pixels` are indices into `palette` (1 to 256 colours); an index past its end is refused.
std::string encodeIndexedPng(std::int64_t width, std::int64_t height, std::span<const std::uint8_t> pixels,
                             std::span<const Colour> palette);

void writeGreyPng(const std::filesystem::path& path, std::int64_t width, std::int64_t height, std::span<const std::uint8_t> pixels);
void writeGreyPng16(const std::filesystem::path& path, std::int64_t width, std::int64_t height, std::span<const std::uint16_t> pixels);
void writeRgbPng(const std::filesystem::path& path, std::int64_t width, std::int64_t height, std::span<const std::uint8_t> pixels);
void writeIndexedPng(const std::filesystem::path& path, std::int64_t width, std::int64_t height, std::span<const std::uint8_t> pixels,
                     std::span<const Colour> palette);

enum class GreyDepth { Eight, Sixteen };
/// Slice `z` of a picture that went through the pixel pipeline: 0 black, 1 white, clamped, rounded.
std::string encodeImagePng(const Image& image, GreyDepth depth = GreyDepth::Eight, std::int64_t z = 0);
void writeImagePng(const std::filesystem::path& path, const Image& image, GreyDepth depth = GreyDepth::Eight, std::int64_t z = 0);

/// Whether the numbers are an image's or those of classes (NIfTI's intent code 1007).
enum class NiftiIntent { None, Labels };
/// NIfTI-1, .nii or .nii.gz by the path's name. Geometry goes out as sform (RAS); without a spacing the unit is left unknown.
/// `values` holds geometry.size.count() numbers, x fastest. They are packed while they are written: no copy of them is made.
/// Throws Error(BadInput, "bad-size") where a side has more than 32767 pixels.
void writeNifti(const std::filesystem::path& path, const Geometry& geometry, const PixelValues& values,
                NiftiIntent intent = NiftiIntent::None);
/// NRRD with gzip encoding, space left-posterior-superior.
void writeNrrd(const std::filesystem::path& path, const Geometry& geometry, const PixelValues& values);

}  // namespace roundel
