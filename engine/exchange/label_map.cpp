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

/// Runs of equal numbers; `numberAt` gives the number of a pixel.
template <class NumberAt>
LabelMap mapOf(Size size, bool colours, const std::string& name, NumberAt numberAt) {
  std::unordered_map<std::uint32_t, std::vector<Mask::Run>> runs;
  const auto count = static_cast<std::size_t>(size.count());
  for (std::size_t i = 0; i < count;) {
    const std::size_t start = i;
    const std::uint32_t value = numberAt(start);
    while (++i < count && numberAt(i) == value) {
    }
    if (value == 0) continue;
    runs[value].push_back({static_cast<std::int64_t>(start), static_cast<std::int64_t>(i - start)});
    if (runs.size() > kMaximumNumbers) notLabels(name, "it holds more than 4096 different values");
  }
  LabelMap map{.size = size, .masks = {}, .colours = colours, .geometry = {.size = size}};
  // A grey picture saved in colour holds numbers, not colours.
  bool grey = colours;
  for (const auto& [value, unused] : runs) grey = grey && (value >> 16 & 0xff) == (value & 0xff) && (value >> 8 & 0xff) == (value & 0xff);
  if (grey) map.colours = false;
  for (auto& [value, list] : runs) map.masks.emplace(grey ? value & 0xff : value, Mask(size, std::move(list)));
  return map;
}

template <class Value>
std::uint32_t wholeNumber(Value value, const std::string& name) {
  const auto number = static_cast<double>(value);
  if (!(number >= 0 && number < 16777216) || number != static_cast<double>(static_cast<std::uint32_t>(number)))
    notLabels(name, "its values are not whole numbers from 0 up");
  return static_cast<std::uint32_t>(number);
}

}  // namespace

LabelMap labelMapFrom(const LabelPixels& pixels, const std::string& name) {
  return mapOf(pixels.size, pixels.colours, name, [&](std::size_t i) { return pixels.values[i]; });
}

LabelMap labelMapFrom(const StoredImage& image, const std::string& name) {
  LabelMap map = std::visit(
      [&](const auto& typed) {
        const auto channels = static_cast<std::size_t>(image.channels);
        return mapOf(image.geometry.size, image.channels == 3, name, [&](std::size_t i) {
          if (channels == 1) return wholeNumber(typed[i], name);
          std::uint32_t number = 0;
          for (std::size_t c = 0; c < channels; ++c) number = number << 8 | (wholeNumber(typed[i * channels + c], name) & 0xff);
          return number;
        });
      },
      image.values);
  map.geometry = image.geometry;
  map.oriented = image.source.is_object() && image.source.value("oriented", false);
  return map;
}

LabelMap readLabelMap(const std::filesystem::path& file, ImageAccess& images) {
  const std::string name = displayPath(file);
  if (lowerCase(file.extension().string()) == ".png")
    return labelMapFrom(labelsFromPng(readFile(file, std::uintmax_t{1} << 30), name), name);
  return labelMapFrom(images.load(file), name);
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

namespace {

/// Paints every class with its number; gives the pixels of more than one.
template <class Value>
std::int64_t paint(const Annotation& annotation, const std::function<std::uint32_t(int)>& numberOf, std::uint32_t ignoreNumber,
                   std::vector<Value>& values) {
  values.assign(static_cast<std::size_t>(annotation.size.count()), 0);
  const auto fill = [&](const Mask& mask, std::uint32_t number) {
    for (const auto& run : mask.runs()) std::fill_n(values.begin() + run.start, run.length, static_cast<Value>(number));
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
  if (ignoreNumber != 0) fill(annotation.ignore, ignoreNumber);
  return twice.area();
}

}  // namespace

FlatLabels flattened(const Annotation& annotation, const std::function<std::uint32_t(int)>& numberOf, std::uint32_t ignoreNumber) {
  FlatLabels flat;
  flat.pixels.size = annotation.size;
  flat.overlapPixels = paint(annotation, numberOf, ignoreNumber, flat.pixels.values);
  return flat;
}

FlatValues flattenedValues(const Annotation& annotation, const std::function<std::uint32_t(int)>& numberOf, std::uint32_t ignoreNumber,
                           int bits) {
  FlatValues flat;
  if (bits == 8) {
    std::vector<std::uint8_t> values;
    flat.overlapPixels = paint(annotation, numberOf, ignoreNumber, values);
    flat.values = std::move(values);
  } else {
    std::vector<std::uint16_t> values;
    flat.overlapPixels = paint(annotation, numberOf, ignoreNumber, values);
    flat.values = std::move(values);
  }
  return flat;
}

int labelBits(const LabelSet& classes) {
  std::int64_t largest = 0;
  for (const auto& one : classes.classes()) largest = std::max(largest, one.id);
  if (largest > 65534)
    throw Error(ErrorKind::BadInput, "bad-classes", "A class id above 65534 does not fit into a label map.",
                {.remedy = "Export as COCO or class-masks."});
  return largest <= 254 ? 8 : 16;
}

}  // namespace roundel
