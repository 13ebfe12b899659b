#include "train/prepared_study.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "core/error.h"
#include "core/files.h"
#include "train/prepared_file.h"
#include "weights/safetensors.h"

namespace roundel {
namespace {

std::uint8_t splitNumber(const std::string& split) {
  const auto found = std::find(kPreparedSplits.begin(), kPreparedSplits.end(), split);
  if (found == kPreparedSplits.end())
    throw Error(ErrorKind::Defect, "defect", "A prepared case is in no part of the split: " + split + ".");
  return static_cast<std::uint8_t>(found - kPreparedSplits.begin());
}

template <class Value>
TensorView viewOf(const std::string& dtype, std::vector<std::int64_t> shape, const std::vector<Value>& values) {
  return {dtype, std::move(shape), std::as_bytes(std::span(values))};
}

Json headerOf(const PreparedStudy& study) {
  Json cases = Json::array();
  for (const auto& one : study.cases)
    cases.push_back(
        {{"name", one.training.name}, {"split", one.split}, {"size", {one.originalSize.x, one.originalSize.y, one.originalSize.z}}});
  return {{"schema", kPreparedPictures},           {"width", study.width},     {"height", study.height}, {"classes", toJson(study.classes)},
          {"pixel_pipeline", study.pixelPipeline}, {"cases", std::move(cases)}};
}

/// The header's part of a study; the tensors are filled in afterwards.
PreparedStudy studyFromHeader(const std::filesystem::path& path, const SafetensorsFile& file) {
  const Json& metadata = file.metadata();
  if (!metadata.contains("study") || !metadata["study"].is_string()) refusePrepared(path, "its header does not describe a study");
  try {
    const Json header = Json::parse(metadata["study"].get<std::string>());
    const auto schema = header.at("schema").get<std::string>();
    if (schema != kPreparedPictures) {
      if (schema == kPreparedVolumes) refusePrepared(path, "it is one of volumes, which this step cannot use");
      if (schema.starts_with(kPreparedFamily))
        throw Error(ErrorKind::Locked, "schema-newer",
                    displayPath(path) + " was written by a newer version (" + sanitisedUtf8(schema) + ").",
                    {.path = displayPath(path), .remedy = "Update this program."});
      refusePrepared(path, "its schema is unknown");
    }
    PreparedStudy study{.width = header.at("width").get<int>(),
                        .height = header.at("height").get<int>(),
                        .classes = labelSetFromJson(header.at("classes")),
                        .pixelPipeline = header.at("pixel_pipeline"),
                        .cases = {}};
    for (const auto& one : header.at("cases")) {
      const auto size = one.at("size").get<std::array<std::int64_t, 3>>();
      study.cases.push_back({.training = {.name = one.at("name").get<std::string>(), .image = {}, .classes = {}},
                             .split = one.at("split").get<std::string>(),
                             .originalSize = {size[0], size[1], size[2]}});
    }
    if (study.width < 1 || study.height < 1 || study.width > 65536 || study.height > 65536)
      refusePrepared(path, "its pictures have no size");
    return study;
  } catch (const nlohmann::json::exception& error) {
    refusePrepared(path, std::string("its header is damaged (") + sanitisedUtf8(error.what()) + ")");
  }
}

}  // namespace

void writePreparedStudy(const std::filesystem::path& path, const PreparedStudy& study) {
  const auto cases = study.cases.size(), classes = static_cast<std::size_t>(study.classes.size());
  const auto pixels = static_cast<std::size_t>(study.width) * static_cast<std::size_t>(study.height);
  const double bytes = static_cast<double>(cases) * static_cast<double>(pixels) * static_cast<double>(classes + 5);
  if (bytes > kLargestPreparedBytes)
    throw Error(ErrorKind::BadInput, "study-too-large",
                "The prepared study would take " + std::to_string(static_cast<std::int64_t>(bytes / 1e9)) + " GB.",
                {.path = displayPath(path), .remedy = "Choose a smaller size, for instance --set size=256, or split off fewer cases."});
  std::vector<float> images;
  images.reserve(cases * pixels);
  std::vector<std::uint8_t> labels(cases * classes * pixels), states(cases * classes), ignore(cases * pixels), splits;
  for (std::size_t i = 0; i < cases; ++i) {
    const TrainingCase& one = study.cases[i].training;
    images.insert(images.end(), one.image.begin(), one.image.end());
    splits.push_back(splitNumber(study.cases[i].split));
    for (std::size_t c = 0; c < one.classes.size(); ++c) {
      states[i * classes + c] = static_cast<std::uint8_t>(one.classes[c].state);
      if (!one.classes[c].mask.empty()) one.classes[c].mask.paintInto(std::span(labels).subspan((i * classes + c) * pixels, pixels));
    }
    if (!one.ignore.empty()) one.ignore.paintInto(std::span(ignore).subspan(i * pixels, pixels));
  }
  const auto n = static_cast<std::int64_t>(cases), k = static_cast<std::int64_t>(classes);
  writeSafetensors(path,
                   {{"images", viewOf("F32", {n, study.height, study.width}, images)},
                    {"labels", viewOf("U8", {n, k, study.height, study.width}, labels)},
                    {"states", viewOf("U8", {n, k}, states)},
                    {"ignore", viewOf("U8", {n, study.height, study.width}, ignore)},
                    {"splits", viewOf("U8", {n}, splits)}},
                   {{"format", "roundel-prepared-study"}, {"study", headerOf(study).dump()}});
}

PreparedStudy readPreparedStudy(const std::filesystem::path& path) {
  const SafetensorsFile file = SafetensorsFile::open(path);
  PreparedStudy study = studyFromHeader(path, file);
  const auto n = static_cast<std::int64_t>(study.cases.size()), k = static_cast<std::int64_t>(study.classes.size());
  const TensorView images = preparedTensor(file, "images", "F32", {n, study.height, study.width});
  const TensorView labels = preparedTensor(file, "labels", "U8", {n, k, study.height, study.width});
  const TensorView states = preparedTensor(file, "states", "U8", {n, k});
  const TensorView ignore = preparedTensor(file, "ignore", "U8", {n, study.height, study.width});
  const TensorView splits = preparedTensor(file, "splits", "U8", {n});
  const Size size{study.width, study.height, 1};
  const auto pixels = static_cast<std::size_t>(size.count()), classes = static_cast<std::size_t>(k);
  for (std::size_t i = 0; i < study.cases.size(); ++i) {
    PreparedCase& one = study.cases[i];
    const std::uint8_t split = bytesAt(splits, i, 1)[0];
    if (split >= kPreparedSplits.size() || one.split != kPreparedSplits[split])
      refusePrepared(path, "header and tensor disagree on the part of " + sanitisedUtf8(one.training.name));
    one.training.image.resize(pixels);
    std::memcpy(one.training.image.data(), images.bytes.data() + i * pixels * sizeof(float), pixels * sizeof(float));
    if (!std::all_of(one.training.image.begin(), one.training.image.end(), [](float value) { return value >= 0 && value <= 1; }))
      refusePrepared(path, "the picture of " + sanitisedUtf8(one.training.name) + " holds values outside 0 to 1");
    bool known = false;
    for (std::size_t c = 0; c < classes; ++c) {
      const std::uint8_t state = bytesAt(states, i * classes + c, 1)[0];
      if (state > 2) refusePrepared(path, "the tensor states holds a value above 2");
      Mask mask = Mask::fromBytes(size, bytesAt(labels, (i * classes + c) * pixels, pixels));
      if (!mask.empty() && state != 2)
        refusePrepared(path, "a class of " + sanitisedUtf8(one.training.name) + " has pixels and is not present");
      known = known || state != 0;
      one.training.classes.push_back({static_cast<ClassState>(state), std::move(mask)});
    }
    if (!known) one.training.classes.clear();
    Mask region = Mask::fromBytes(size, bytesAt(ignore, i * pixels, pixels));
    if (!region.empty()) one.training.ignore = std::move(region);
  }
  return study;
}

TrainingSet trainingSetOf(const PreparedStudy& study, const std::string& part) {
  TrainingSet set{.width = study.width, .height = study.height, .classes = study.classes, .pixelPipeline = study.pixelPipeline};
  for (const auto& one : study.cases) {
    if (one.split == part) set.labelled.push_back(one.training);
    if (one.split == "unlabelled" && part == "labelled") set.unlabelled.push_back(one.training);
    if (one.split == "validation" && !one.training.classes.empty()) set.validation.push_back(one.training);
  }
  return set;
}

}  // namespace roundel
