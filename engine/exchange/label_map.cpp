#include "exchange/label_map.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "core/error.h"
#include "core/files.h"
#include "exchange/run_length.h"

namespace roundel {
namespace {

constexpr std::size_t kMaximumNumbers = 4096;

constexpr std::array<const char*, 10> kExtensions{".nii.gz", ".png", ".nii", ".nrrd", ".nhdr", ".mha", ".mhd", ".tif", ".tiff", ".bmp"};

std::string lowerCase(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

[[noreturn]] void notLabels(const std::string& name, const std::string& reason) {
  throw Error(ErrorKind::BadInput, "not-a-label-map", name + " is no label map: " + reason + ".",
              {.path = name, .remedy = "Label maps hold a whole number for every class; pictures belong into the folder of --images."});
}

LabelPixels pixelsOf(const StoredImage& image, const std::string& name) {
  LabelPixels pixels{.size = image.geometry.size, .values = {}, .colours = image.channels == 3};
  const auto count = static_cast<std::size_t>(image.geometry.size.count());
  const auto channels = static_cast<std::size_t>(image.channels);
  pixels.values.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t number = 0;
    for (std::size_t c = 0; c < channels; ++c) {
      const double value = valueAt(image.values, i * channels + c);
      if (!(value >= 0 && value < 16777216) || value != static_cast<double>(static_cast<std::uint32_t>(value)))
        notLabels(name, "its values are not whole numbers from 0 up");
      number = channels == 1 ? static_cast<std::uint32_t>(value) : number << 8 | (static_cast<std::uint32_t>(value) & 0xff);
    }
    pixels.values[i] = number;
  }
  return pixels;
}

}  // namespace

LabelMap labelMapFrom(const LabelPixels& pixels, const std::string& name) {
  std::unordered_map<std::uint32_t, std::vector<Mask::Run>> runs;
  const auto& values = pixels.values;
  for (std::size_t i = 0; i < values.size();) {
    const std::size_t start = i;
    const std::uint32_t value = values[start];
    while (i < values.size() && values[i] == value) ++i;
    if (value == 0) continue;
    runs[value].push_back({static_cast<std::int64_t>(start), static_cast<std::int64_t>(i - start)});
    if (runs.size() > kMaximumNumbers) notLabels(name, "it holds more than 4096 different values");
  }
  LabelMap map{.size = pixels.size, .masks = {}, .colours = pixels.colours};
  // A grey picture saved in colour holds numbers, not colours.
  bool grey = pixels.colours;
  for (const auto& [value, unused] : runs) grey = grey && (value >> 16 & 0xff) == (value & 0xff) && (value >> 8 & 0xff) == (value & 0xff);
  if (grey) map.colours = false;
  for (auto& [value, list] : runs) map.masks.emplace(grey ? value & 0xff : value, Mask(pixels.size, std::move(list)));
  return map;
}

LabelMap readLabelMap(const std::filesystem::path& file, ImageAccess& images) {
  const std::string name = displayPath(file);
  if (lowerCase(file.extension().string()) == ".png")
    return labelMapFrom(labelsFromPng(readFile(file, std::uintmax_t{1} << 30), name), name);
  return labelMapFrom(pixelsOf(images.load(file), name), name);
}

bool isLabelMapName(const std::filesystem::path& file) {
  const std::string name = lowerCase(file.filename().string());
  return !name.starts_with(".") &&
         std::any_of(kExtensions.begin(), kExtensions.end(), [&](const char* end) { return name.ends_with(end); });
}

Annotation annotationFrom(const LabelMap& map, const ClassTable& table, const std::string& caseName, MissingClass missing,
                          std::map<std::int64_t, std::int64_t>& unknown) {
  Annotation annotation = Annotation::empty(map.size, table.classes.size());
  for (const auto& [number, mask] : map.masks) {
    if (table.ignore != 0 && number == table.ignore) {
      annotation.ignore = mask;
      continue;
    }
    int index = -1;
    if (map.colours) {
      const std::array<std::uint8_t, 3> colour{static_cast<std::uint8_t>(number >> 16), static_cast<std::uint8_t>(number >> 8),
                                               static_cast<std::uint8_t>(number)};
      for (int i = 0; i < table.classes.size() && index < 0; ++i)
        if (table.classes[i].colour == colour) index = i;
    } else {
      index = table.classes.indexOfId(number);
    }
    if (index < 0) unknown[number] += mask.area();
    else annotation.set(index, mask);
  }
  const auto listed = table.notAnnotated.find(caseName);
  for (int i = 0; i < table.classes.size(); ++i) {
    auto& one = annotation.classes[static_cast<std::size_t>(i)];
    if (one.state == ClassState::Present) continue;
    const bool said = listed != table.notAnnotated.end() &&
                      std::find(listed->second.begin(), listed->second.end(), table.classes[i].name) != listed->second.end();
    one.state = said || missing == MissingClass::NotAnnotated ? ClassState::NotAnnotated : ClassState::Absent;
  }
  return annotation;
}

FlatLabels flattened(const Annotation& annotation, const std::function<std::uint32_t(int)>& numberOf, std::uint32_t ignoreNumber) {
  FlatLabels flat;
  flat.pixels.size = annotation.size;
  auto& values = flat.pixels.values;
  values.assign(static_cast<std::size_t>(annotation.size.count()), 0);
  const auto fill = [&](const Mask& mask, std::uint32_t number) {
    for (const auto& run : mask.runs()) std::fill_n(values.begin() + run.start, run.length, number);
  };
  // From the last class to the first, so that the first wins; ignored pixels are painted last of all.
  Mask seen(annotation.size), twice(annotation.size);
  for (int i = static_cast<int>(annotation.classes.size()) - 1; i >= 0; --i) {
    const auto& one = annotation.classes[static_cast<std::size_t>(i)];
    if (one.state != ClassState::Present) continue;
    if (overlapArea(seen, one.mask) > 0) twice = unite(twice, intersect(seen, one.mask));
    seen = unite(seen, one.mask);
    fill(one.mask, numberOf(i));
  }
  flat.overlapPixels = twice.area();
  if (ignoreNumber != 0) fill(annotation.ignore, ignoreNumber);
  return flat;
}

}  // namespace roundel
