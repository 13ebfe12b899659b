#include "raster/stored_image.h"

#include <type_traits>

#include "core/error.h"

namespace roundel {
namespace {

[[noreturn]] void refuse(const std::string& sentence) { throw Error(ErrorKind::BadInput, "bad-image", sentence); }

}  // namespace

std::size_t valueCount(const PixelValues& values) {
  return std::visit([](const auto& typed) { return typed.size(); }, values);
}

bool isSigned(const PixelValues& values) {
  return std::visit([](const auto& typed) { return std::is_signed_v<typename std::decay_t<decltype(typed)>::value_type>; }, values);
}

bool isFloat(const PixelValues& values) {
  return std::visit([](const auto& typed) { return std::is_floating_point_v<typename std::decay_t<decltype(typed)>::value_type>; }, values);
}

double valueAt(const PixelValues& values, std::size_t index) {
  return std::visit([index](const auto& typed) { return static_cast<double>(typed.at(index)); }, values);
}

void keepStoredBits(PixelValues& values, int bitsStored, int highBit) {
  std::visit(
      [bitsStored, highBit](auto& typed) {
        using T = typename std::decay_t<decltype(typed)>::value_type;
        if constexpr (std::is_integral_v<T>) {
          using U = std::make_unsigned_t<T>;
          constexpr int kBits = 8 * static_cast<int>(sizeof(T));
          if (bitsStored < 1 || highBit < bitsStored - 1 || highBit >= kBits)
            refuse("The image says that it stores " + std::to_string(bitsStored) + " bits up to bit " + std::to_string(highBit) +
                   ", which does not fit its words of " + std::to_string(kBits) + " bits.");
          if (bitsStored == kBits) return;
          const int up = kBits - 1 - highBit, down = kBits - bitsStored;
          for (auto& value : typed) {
            // Up as unsigned drops the bits above; down in the value's own type extends the sign where there is one.
            const auto raised = static_cast<T>(static_cast<U>(static_cast<U>(value) << up));
            value = static_cast<T>(raised >> down);
          }
        }
      },
      values);
}

void requireConsistent(const StoredImage& image) {
  const Size& size = image.geometry.size;
  if (size.x < 1 || size.y < 1 || size.z < 1) refuse("The image has no pixels.");
  // Each bound keeps the products below 2^63.
  constexpr std::int64_t kMost = std::int64_t{1} << 40;
  if (size.x > kMost || size.y > kMost / size.x || size.z > kMost / (size.x * size.y)) refuse("The image's size is beyond reason.");
  if (image.channels != 1 && image.channels != 3)
    refuse("The image has " + std::to_string(image.channels) + " channels; 1 and 3 can be read.");
  if ((image.channels == 3) != (image.photometric == Photometric::Rgb))
    refuse("The image's channels do not fit its photometric interpretation.");
  const auto wanted = static_cast<std::size_t>(size.count()) * static_cast<std::size_t>(image.channels);
  if (valueCount(image.values) != wanted)
    refuse("The image holds " + std::to_string(valueCount(image.values)) + " values where its size needs " + std::to_string(wanted) + ".");
  const auto check = [](const LookupTable& table) {
    if (table.entries.empty() || table.bitsPerEntry < 1 || table.bitsPerEntry > 16) refuse("The image has a damaged look-up table.");
  };
  if (const auto* table = std::get_if<LookupTable>(&image.modality)) check(*table);
  for (const auto& table : image.voiLuts) check(table);
}

std::string toString(Photometric photometric) {
  switch (photometric) {
    case Photometric::Monochrome1: return "MONOCHROME1";
    case Photometric::Monochrome2: return "MONOCHROME2";
    case Photometric::Rgb: return "RGB";
  }
  return {};
}

std::string toString(WindowFunction function) {
  switch (function) {
    case WindowFunction::Linear: return "linear";
    case WindowFunction::LinearExact: return "linear-exact";
    case WindowFunction::Sigmoid: return "sigmoid";
  }
  return {};
}

WindowFunction windowFunctionFromString(const std::string& text) {
  if (text == "LINEAR_EXACT" || text == "linear-exact") return WindowFunction::LinearExact;
  if (text == "SIGMOID" || text == "sigmoid") return WindowFunction::Sigmoid;
  return WindowFunction::Linear;
}

}  // namespace roundel
