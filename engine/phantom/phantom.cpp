#include "phantom/phantom.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.h"
#include "core/param_spec.h"
#include "phantom/study.h"

namespace roundel {
namespace {

constexpr std::array<const char*, 3> kKindNames{"dental", "wrist", "volume"};

[[noreturn]] void refuse(const std::string& what, const std::string& remedy) {
  throw Error(ErrorKind::Usage, "bad-option", what, {.remedy = remedy});
}

void checkWhole(const std::string& name, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value < low || value > high)
    refuse("The phantom's " + name + " of " + std::to_string(value) + " is out of range.",
           "Give a number from " + std::to_string(low) + " to " + std::to_string(high) + ".");
}

void checkReal(const std::string& name, double value, double low, double high) {
  if (!(value >= low && value <= high))
    refuse("The phantom's " + name + " is out of range.", "Give a number from " + Json(low).dump() + " to " + Json(high).dump() + ".");
}

void checkRange(const std::string& name, PhantomRange range, double low, double high) {
  checkReal(name, range.low, low, high);
  checkReal(name, range.high, low, high);
  if (range.low > range.high) refuse("The phantom's range of " + name + " ends before it begins.", "Give the lower number first.");
}

/// Ids by importance: what a study with few classes is about.
std::vector<std::int64_t> importance(PhantomKind kind) {
  if (kind == PhantomKind::Volume) return {1, 2, 3};
  if (kind == PhantomKind::Wrist) return {16, 17, 1, 12, 13, 14, 15, 11, 3, 4, 10, 5, 7, 8, 9, 2, 6};
  std::vector<std::int64_t> ids;
  for (const std::int64_t right : {10, 40})
    for (std::int64_t position = 1; position <= 8; ++position) {
      ids.push_back(right + position);
      ids.push_back((right == 10 ? 20 : 30) + position);
    }
  return ids;
}

LabelSet wholePalette(PhantomKind kind) {
  switch (kind) {
    case PhantomKind::Dental: return paletteClasses("fdi");
    case PhantomKind::Wrist: return paletteClasses("carpal");
    case PhantomKind::Volume: break;
  }
  return LabelSet({{1, "liver", {191, 85, 48}}, {2, "spleen", {48, 110, 191}}, {3, "kidney", {96, 191, 48}}});
}

}  // namespace

std::string toString(PhantomKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

PhantomKind phantomKindFromString(const std::string& text) {
  for (std::size_t i = 0; i < kKindNames.size(); ++i)
    if (text == kKindNames[i]) return static_cast<PhantomKind>(i);
  const std::string near = nearestName(text, {kKindNames.begin(), kKindNames.end()});
  throw Error(ErrorKind::Usage, "unknown-phantom", "There is no phantom named " + text + ".",
              {.remedy = near.empty() ? "Known: dental, wrist, volume." : "Did you mean " + near + "?"});
}

PhantomOptions defaultPhantomOptions(PhantomKind kind) {
  PhantomOptions options;
  // Meant so that five labelled phantoms do not suffice and a hundred do: how near they come stands in docs/RESULTS.md.
  if (kind == PhantomKind::Dental) options.acquisition = 1.8;
  if (kind == PhantomKind::Wrist) {
    options.variation = options.acquisition = 2;
    options.width = 256;
    options.height = 384;
  } else if (kind == PhantomKind::Volume) {
    options.width = options.height = 64;
  }
  return options;
}

void checkPhantomOptions(PhantomKind kind, const PhantomOptions& options) {
  checkWhole("width", options.width, 8, 8192);
  checkWhole("height", options.height, 8, 8192);
  checkWhole("number of classes", options.classCount, 0, wholePalette(kind).size());
  if (kind == PhantomKind::Volume) {
    checkWhole("depth", options.depth, 4, 1024);
    // 512 million voxels are 2 GB of grey values.
    if (static_cast<std::int64_t>(options.width) * options.height * options.depth > (std::int64_t{1} << 29))
      refuse("A phantom volume of this size would not fit into memory.", "Ask for fewer voxels: at most 512 million.");
  }
  checkReal("variation", options.variation, 0, 2);
  checkReal("acquisition", options.acquisition, 0, 3);
  checkRange("missing teeth", options.missingTeeth, 0, 1);
  checkRange("age", options.ageYears, 1, 18);
  checkRange("dose", options.dose, 0.01, 1000);
  checkReal("share of restorations", options.restorations, 0, 1);
  checkReal("share of casts", options.casts, 0, 1);
}

LabelSet phantomClasses(PhantomKind kind, int classCount) {
  const LabelSet all = wholePalette(kind);
  checkWhole("number of classes", classCount, 0, all.size());
  if (classCount == 0 || classCount == all.size()) return all;
  auto ids = importance(kind);
  ids.resize(static_cast<std::size_t>(classCount));
  const auto chosen = [&](std::int64_t id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); };
  std::vector<LabelClass> classes;
  for (LabelClass one : all.classes()) {
    if (!chosen(one.id)) continue;
    // An odd count splits a pair of mirrored classes.
    if (!one.mirror.empty() && !chosen(all[all.indexOfName(one.mirror)].id)) one.mirror.clear();
    classes.push_back(std::move(one));
  }
  return LabelSet(std::move(classes));
}

PhantomCase makePhantom(PhantomKind kind, const PhantomOptions& options, std::uint64_t seed, std::int64_t index) {
  switch (kind) {
    case PhantomKind::Dental: return makeDental(options, seed, index);
    case PhantomKind::Wrist: return makeWrist(options, seed, index);
    case PhantomKind::Volume: break;
  }
  return makeVolume(options, seed, index);
}

namespace phantom {

PhantomCase emptyCase(PhantomKind kind, const PhantomOptions& options, std::int64_t index, double mmPerPixel) {
  PhantomCase made;
  std::string number = std::to_string(index);
  if (number.size() < 5) number.insert(0, 5 - number.size(), '0');
  made.name = toString(kind) + "-" + number;
  auto& geometry = made.image.geometry;
  geometry.size = {options.width, options.height, kind == PhantomKind::Volume ? options.depth : 1};
  geometry.spacingMm = {mmPerPixel, mmPerPixel, 1};
  geometry.spacingSource = kind == PhantomKind::Volume ? SpacingSource::FileHeader : SpacingSource::ImagerPixelSpacing;
  made.classes = phantomClasses(kind, options.classCount);
  made.annotation = Annotation::empty(geometry.size, made.classes.size());
  for (int i = 0; i < made.classes.size(); ++i) made.annotation.set(i, Mask(geometry.size));
  return made;
}

}  // namespace phantom
}  // namespace roundel
