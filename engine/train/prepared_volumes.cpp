#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "core/error.h"
#include "core/files.h"
#include "train/prepared_file.h"
#include "train/prepared_study.h"
#include "weights/safetensors.h"

namespace roundel {
namespace {

std::vector<std::int64_t> shapeOf(const Size& size) { return {size.z, size.y, size.x}; }

std::size_t countOf(const PreparedVolume& one) { return static_cast<std::size_t>(one.geometry.size.count()); }

Json appliedJson(const IntensityWindow& w) { return {{"low", w.low}, {"high", w.high}, {"mean", w.mean}, {"deviation", w.deviation}}; }

Json headerOf(const PreparedVolumes& study) {
  Json cases = Json::array();
  for (const auto& one : study.cases)
    cases.push_back({{"name", one.name},
                     {"split", one.split},
                     {"modality", one.modality},
                     {"geometry", toJson(one.geometry)},
                     {"original", toJson(one.original)},
                     {"crop", {one.crop.x0, one.crop.y0, one.crop.z0, one.crop.x1, one.crop.y1, one.crop.z1}},
                     {"applied", appliedJson(one.applied)}});
  return {{"schema", kPreparedVolumes},
          {"kind", "volumes"},
          {"classes", toJson(study.classes)},
          {"preparation", toJson(study.preparation)},
          {"cases", std::move(cases)}};
}

Json studyOf(const std::filesystem::path& path, const SafetensorsFile& file) {
  const Json& metadata = file.metadata();
  if (!metadata.contains("study") || !metadata["study"].is_string()) refusePrepared(path, "its header does not describe a study");
  const Json header = Json::parse(metadata["study"].get<std::string>(), nullptr, false);
  if (!header.is_object() || !header.contains("schema") || !header["schema"].is_string()) refusePrepared(path, "its header is damaged");
  return header;
}

PreparedVolume caseFrom(const Json& json) {
  const auto crop = json.at("crop").get<std::array<std::int64_t, 6>>();
  const Json& w = json.at("applied");
  return {.name = json.at("name").get<std::string>(),
          .split = json.at("split").get<std::string>(),
          .modality = json.at("modality").get<std::string>(),
          .geometry = geometryFromJson(json.at("geometry")),
          .image = {},
          .classes = {},
          .original = geometryFromJson(json.at("original")),
          .crop = {crop[0], crop[1], crop[3], crop[4], crop[2], crop[5]},
          .applied = {w.at("low").get<double>(), w.at("high").get<double>(), w.at("mean").get<double>(), w.at("deviation").get<double>()}};
}

void readCase(const SafetensorsFile& file, PreparedVolume& one, std::size_t index, int classCount, const TensorView& states) {
  const std::string number = std::to_string(index), shown = sanitisedUtf8(one.name);
  const auto classes = static_cast<std::size_t>(classCount);
  const Size size = one.geometry.size;
  if (size.count() < 1) refusePrepared(file.path(), "the volume of " + shown + " has no size");
  auto shape = shapeOf(size);
  const TensorView image = preparedTensor(file, "image." + number, "F32", shape);
  one.image.resize(countOf(one));
  std::memcpy(one.image.data(), image.bytes.data(), one.image.size() * sizeof(float));
  if (!std::all_of(one.image.begin(), one.image.end(), [](float value) { return std::isfinite(value); }))
    refusePrepared(file.path(), "the volume of " + shown + " holds values that are no finite numbers");
  if (file.has("labels." + number)) {
    shape.insert(shape.begin(), classCount);
    const TensorView labels = preparedTensor(file, "labels." + number, "U8", shape);
    for (std::size_t c = 0; c < classes; ++c) {
      const std::uint8_t state = bytesAt(states, index * classes + c, 1)[0];
      if (state > 2) refusePrepared(file.path(), "the tensor states holds a value above 2");
      Mask mask = Mask::fromBytes(size, bytesAt(labels, c * countOf(one), countOf(one)));
      if (!mask.empty() && state != 2) refusePrepared(file.path(), "a class of " + shown + " has voxels and is not present");
      one.classes.push_back({static_cast<ClassState>(state), std::move(mask)});
    }
  }
  if (file.has("ignore." + number))
    one.ignore = Mask::fromBytes(size, bytesAt(preparedTensor(file, "ignore." + number, "U8", shapeOf(size)), 0, countOf(one)));
}

}  // namespace

bool holdsVolumes(const std::filesystem::path& path) {
  const SafetensorsFile file = SafetensorsFile::open(path);
  const Json& metadata = file.metadata();
  if (!metadata.contains("study") || !metadata["study"].is_string()) return false;
  const Json header = Json::parse(metadata["study"].get<std::string>(), nullptr, false);
  return header.is_object() && header.value("schema", "") == kPreparedVolumes;
}

void writePreparedVolumes(const std::filesystem::path& path, const PreparedVolumes& study) {
  const auto classes = static_cast<std::size_t>(study.classes.size());
  double bytes = 0;
  for (const auto& one : study.cases)
    bytes += static_cast<double>(countOf(one)) * static_cast<double>((one.classes.empty() ? 0 : classes) + 5);
  if (bytes > kLargestPreparedBytes)
    throw Error(
        ErrorKind::BadInput, "study-too-large",
        "The prepared study would take " + std::to_string(static_cast<std::int64_t>(bytes / 1e9)) + " GB.",
        {.path = displayPath(path), .remedy = "Choose a coarser spacing, for instance --set spacing=2,2,2, or split off fewer cases."});
  // Painted masks must outlive the views on them.
  std::vector<std::vector<std::uint8_t>> painted;
  painted.reserve(2 * study.cases.size());
  std::vector<std::uint8_t> states(study.cases.size() * classes), splits;
  std::vector<NamedTensor> tensors;
  for (std::size_t i = 0; i < study.cases.size(); ++i) {
    const PreparedVolume& one = study.cases[i];
    const std::string number = std::to_string(i);
    const auto split = std::find(kPreparedSplits.begin(), kPreparedSplits.end(), one.split);
    if (split == kPreparedSplits.end())
      throw Error(ErrorKind::Defect, "defect", "A prepared case is in no part of the split: " + one.split + ".");
    splits.push_back(static_cast<std::uint8_t>(split - kPreparedSplits.begin()));
    if (one.image.size() != countOf(one)) throw Error(ErrorKind::Defect, "defect", "A prepared volume has another size than its grid.");
    auto shape = shapeOf(one.geometry.size);
    tensors.push_back({"image." + number, {"F32", shape, std::as_bytes(std::span(one.image))}});
    if (!one.ignore.empty()) {
      auto& voxels = painted.emplace_back(countOf(one));
      one.ignore.paintInto(voxels);
      tensors.push_back({"ignore." + number, {"U8", shape, std::as_bytes(std::span(voxels))}});
    }
    if (one.classes.empty()) continue;
    auto& voxels = painted.emplace_back(classes * countOf(one));
    for (std::size_t c = 0; c < classes; ++c) {
      states[i * classes + c] = static_cast<std::uint8_t>(one.classes[c].state);
      if (!one.classes[c].mask.empty()) one.classes[c].mask.paintInto(std::span(voxels).subspan(c * countOf(one), countOf(one)));
    }
    shape.insert(shape.begin(), static_cast<std::int64_t>(classes));
    tensors.push_back({"labels." + number, {"U8", shape, std::as_bytes(std::span(voxels))}});
  }
  const auto n = static_cast<std::int64_t>(study.cases.size());
  tensors.push_back({"states", {"U8", {n, static_cast<std::int64_t>(classes)}, std::as_bytes(std::span(states))}});
  tensors.push_back({"splits", {"U8", {n}, std::as_bytes(std::span(splits))}});
  writeSafetensors(path, tensors, {{"format", "roundel-prepared-study"}, {"study", headerOf(study).dump()}});
}

PreparedVolumes readPreparedVolumes(const std::filesystem::path& path) {
  const SafetensorsFile file = SafetensorsFile::open(path);
  const Json header = studyOf(path, file);
  if (header["schema"] != kPreparedVolumes) {
    const auto schema = header["schema"].get<std::string>();
    if (schema == "roundel.prepared-study/1") refusePrepared(path, "it is one of pictures, which this step cannot use");
    if (schema.starts_with(kPreparedFamily))
      throw Error(ErrorKind::Locked, "schema-newer", displayPath(path) + " was written by a newer version (" + sanitisedUtf8(schema) + ").",
                  {.path = displayPath(path), .remedy = "Update this program."});
    refusePrepared(path, "its schema is unknown");
  }
  PreparedVolumes study;
  try {
    study.classes = labelSetFromJson(header.at("classes"));
    study.preparation = volumePreparationFromJson(header.at("preparation"));
    for (const auto& one : header.at("cases")) study.cases.push_back(caseFrom(one));
  } catch (const nlohmann::json::exception& error) {
    refusePrepared(path, std::string("its header is damaged (") + sanitisedUtf8(error.what()) + ")");
  }
  const auto n = static_cast<std::int64_t>(study.cases.size());
  const TensorView states = preparedTensor(file, "states", "U8", {n, study.classes.size()}),
                   splits = preparedTensor(file, "splits", "U8", {n});
  for (std::size_t i = 0; i < study.cases.size(); ++i) {
    const std::uint8_t split = bytesAt(splits, i, 1)[0];
    if (split >= kPreparedSplits.size() || study.cases[i].split != kPreparedSplits[split])
      refusePrepared(path, "header and tensor disagree on the part of " + sanitisedUtf8(study.cases[i].name));
    readCase(file, study.cases[i], i, study.classes.size(), states);
  }
  return study;
}

}  // namespace roundel
