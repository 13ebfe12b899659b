#include "models/specialist.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.h"
#include "core/files.h"
#include "device/torch_device.h"
#include "device/torch_errors.h"
#include "models/sliding_window.h"
#include "models/specialists/specialist_network.h"
#include "raster/resample.h"
#include "weights/checkpoint.h"
#include "weights/tensor_bytes.h"

namespace roundel {

using torch::Tensor;

struct Specialist::Parts {
  CheckpointHeader header;
  Json headerJson;
  PredictOptions options;
  ComputeChoice compute;
  std::unique_ptr<SpecialistBuilder> builder;
  std::unique_ptr<SpecialistNetwork> network;
};

namespace {

[[noreturn]] void refuseFit(const std::filesystem::path& path, const std::string& message) {
  throw Error(ErrorKind::BadInput, "bad-weights", displayPath(path) + " " + message, {.path = displayPath(path)});
}

/// Bilinear on [1, C, H, W]; antialiased along the axes that shrink.
Tensor resized(const Tensor& maps, std::int64_t height, std::int64_t width) {
  if (maps.size(2) == height && maps.size(3) == width) return maps;
  return at::_upsample_bilinear2d_aa(maps, {height, width}, false);
}

Tensor asTensor(const Image& image) {
  if (image.width() < 1 || image.height() < 1 || image.values.size() < static_cast<std::size_t>(image.width() * image.height()))
    throw Error(ErrorKind::BadInput, "bad-image", "A picture without pixels cannot be looked at.");
  const Tensor values = torch::from_blob(const_cast<float*>(image.values.data()), {1, 1, image.height(), image.width()}, torch::kFloat);
  if (!torch::isfinite(values).all().item<bool>())
    throw Error(ErrorKind::BadInput, "bad-image", "A picture holds values that are no numbers.");
  return values;
}

std::vector<float> values(const Tensor& tensor) {
  const Tensor plain = tensor.to(torch::kCPU, torch::kFloat).contiguous();
  return {plain.const_data_ptr<float>(), plain.const_data_ptr<float>() + plain.numel()};
}

/// Small shifts, as theta of a warp; the picture itself first.
std::vector<std::pair<double, double>> viewShifts(TestTimeAugmentation augmentation) {
  if (augmentation == TestTimeAugmentation::No) return {{0.0, 0.0}};
  return {{0.0, 0.0}, {0.02, 0.0}, {-0.02, 0.0}, {0.0, 0.02}, {0.0, -0.02}};
}

Tensor shifted(const Tensor& maps, std::pair<double, double> by) {
  const Tensor theta = torch::tensor({1.0, 0.0, by.first, 0.0, 1.0, by.second}, torch::kFloat).view({1, 2, 3}).to(maps.device());
  const Tensor grid =
      torch::affine_grid_generator(theta.expand({maps.size(0), 2, 3}), {maps.size(0), 1, maps.size(2), maps.size(3)}, false);
  return torch::grid_sampler_2d(maps, grid, 0, 1, false);
}

}  // namespace

Specialist::Specialist(std::unique_ptr<Parts> parts) : m_parts(std::move(parts)) {}
Specialist::Specialist(Specialist&&) noexcept = default;
Specialist& Specialist::operator=(Specialist&&) noexcept = default;
Specialist::~Specialist() = default;

Specialist Specialist::load(const std::filesystem::path& checkpoint, const PredictOptions& options) {
  auto parts = std::make_unique<Parts>();
  translatingTorchErrors("loading the specialist", [&] {
    const SafetensorsFile file = SafetensorsFile::open(checkpoint);
    parts->header = readCheckpointHeader(file);
    parts->headerJson = toJson(parts->header);
    parts->options = options;
    parts->compute = chooseDevice(options.device, options.threads);
    const bool half = parts->header.environment.value("precision", "") == "bfloat16";
    if (!half) parts->compute.fastPrecision = Precision::Float32;
    try {
      parts->builder = specialists().create(parts->header.specialist, parts->header.options);
    } catch (const Error& error) {
      refuseFit(checkpoint, std::string("is of a kind that is not known here. ") + error.what());
    }
    parts->network = parts->builder->build(parts->header.classes.size());
    const NamedTorchTensors state = stateOf(*parts->network);
    if (state.size() != file.tensors().size()) refuseFit(checkpoint, "holds another number of tensors than its network has.");
    readInto(file, "", state);
    parts->network->module().to(torchDevice(parts->compute));
  });
  return Specialist(std::move(parts));
}

const std::string& Specialist::kind() const { return m_parts->header.specialist; }
const LabelSet& Specialist::classes() const { return m_parts->header.classes; }
Size Specialist::workingSize() const { return {m_parts->header.width, m_parts->header.height, m_parts->header.depth}; }
const Json& Specialist::pixelPipeline() const { return m_parts->header.pixelPipeline; }
const std::string& Specialist::weightsSha256() const { return m_parts->header.hashes.at("weights").get_ref<const std::string&>(); }
const Json& Specialist::header() const { return m_parts->headerJson; }

namespace {

/// Probabilities [B, C, H, W], averaged over views.
Tensor probabilities(const SpecialistNetwork& network, const Tensor& images, torch::ScalarType type, TestTimeAugmentation augmentation,
                     const std::vector<int>& mirror) {
  const auto shifts = viewShifts(augmentation);
  Tensor sum;
  const auto add = [&](const Tensor& value) { sum = sum.defined() ? sum + value : value; };
  double views = 0;
  for (const auto& shift : shifts) {
    const bool still = shift.first == 0 && shift.second == 0;
    const Tensor view = still ? images : shifted(images, shift);
    const Tensor found = torch::sigmoid(network.forward(view.to(type)).to(torch::kFloat)).contiguous();
    add(still ? found : shifted(found, {-shift.first, -shift.second}));
    views += 1;
  }
  bool mirrors = false;
  for (std::size_t c = 0; c < mirror.size(); ++c) mirrors = mirrors || mirror[c] != static_cast<int>(c);
  if (augmentation == TestTimeAugmentation::Yes && mirrors) {
    const std::vector<std::int64_t> order(mirror.begin(), mirror.end());
    const Tensor found = torch::sigmoid(network.forward(images.flip(3).to(type)).to(torch::kFloat));
    add(found.flip(3).index_select(1, torch::tensor(order, torch::kLong).to(images.device())));
    views += 1;
  }
  return views == 1 ? sum : sum / views;
}

/// The size of a volume at another spacing; its own where either is unknown.
Size sizeAt(const Geometry& geometry, const std::array<double, 3>& spacingMm) {
  const std::array<std::int64_t, 3> own{geometry.size.x, geometry.size.y, geometry.size.z};
  std::array<std::int64_t, 3> size = own;
  for (std::size_t axis = 0; axis < 3; ++axis)
    if (spacingMm[axis] > 0 && geometry.hasSpacing())
      size[axis] = std::max<std::int64_t>(1, std::llround(static_cast<double>(own[axis]) * geometry.spacingMm[axis] / spacingMm[axis]));
  return {size[0], size[1], size[2]};
}

/// What sliding over a volume needs beside it.
struct VolumeLook {
  const SpecialistNetwork& network;
  const CheckpointHeader& header;
  const PredictOptions& options;
  torch::Device device;
  torch::ScalarType type;
};

/// The volume at the spacing that was learnt at, normalised.
Tensor normalisedVolume(const CheckpointHeader& header, const Image& image, Size size) {
  Tensor volume = torch::empty({1, size.z, size.y, size.x}, torch::kFloat);
  const std::vector<float> resized =
      size == image.geometry.size ? std::vector<float>() : resampled(image.values, image.geometry.size, size, Interpolation::Antialiased);
  const std::vector<float>& grey = resized.empty() ? image.values : resized;
  std::copy(grey.begin(), grey.end(), volume.mutable_data_ptr<float>());
  if (!std::all_of(grey.begin(), grey.end(), [](float value) { return std::isfinite(value); }))
    throw Error(ErrorKind::BadInput, "bad-image", "A volume holds values that are no numbers.");
  return volume.sub_(header.mean).div_(header.deviation);
}

/// On a processor several large windows at once are no faster and take their number of times the memory; small ones wait less for one
/// another's threads.
std::int64_t windowsAtOnce(const VolumeLook& look) {
  const std::int64_t most = std::max(1, look.options.batch);
  if (!look.device.is_cpu()) return most;
  const std::int64_t voxels = std::int64_t{look.header.depth} * look.header.height * look.header.width;
  return std::clamp<std::int64_t>(std::int64_t{64} * 64 * 64 / std::max<std::int64_t>(voxels, 1), 1, most);
}

SlidingWindow windowsOf(const VolumeLook& look) {
  SlidingWindow windows{.patch = {look.header.depth, look.header.height, look.header.width},
                        .weights = look.options.gaussian ? WindowWeights::Gaussian : WindowWeights::Uniform,
                        .batch = windowsAtOnce(look)};
  for (std::size_t axis = 0; axis < 3; ++axis)
    windows.stride[axis] = std::max<std::int64_t>(1, std::llround(static_cast<double>(windows.patch[axis]) * (1 - look.options.overlap)));
  return windows;
}

void slideOverVolume(const VolumeLook& look, const Tensor& volume, const std::function<void(std::int64_t, const Tensor&)>& emit,
                     const std::function<void(std::int64_t, std::int64_t)>& proceed) {
  const auto answer = [&](const Tensor& seen) {
    return torch::sigmoid(look.network.forward(seen.to(look.device, look.type)).to(torch::kFloat));
  };
  slideOver(volume, windowsOf(look), {.answer = answer, .emit = emit, .proceed = proceed});
}

/// A volume in windows of the working size.
Prediction predictVolume(const VolumeLook& look, const Image& image, Job& job) {
  const Size size = sizeAt(image.geometry, look.header.spacingMm);
  const Tensor volume = normalisedVolume(look.header, image, size);
  Prediction prediction{.size = size, .classCount = look.header.classes.size(), .probabilities = {}};
  const auto slice = static_cast<std::size_t>(size.x * size.y), voxels = slice * static_cast<std::size_t>(size.z);
  prediction.probabilities.resize(voxels * static_cast<std::size_t>(prediction.classCount));
  // Views: the volume as it is, then mirrored on its rows and on its columns, as it was learnt from.
  const std::vector<std::int64_t> views =
      look.options.augmentation == TestTimeAugmentation::Yes ? std::vector<std::int64_t>{0, 2, 3} : std::vector<std::int64_t>{0};
  const std::vector<int> mirrors = look.header.classes.mirrorIndices();
  const Tensor mirrored = torch::tensor(std::vector<std::int64_t>(mirrors.begin(), mirrors.end()));
  std::int64_t before = 0;
  for (const std::int64_t axis : views) {
    const auto add = [&](std::int64_t first, const Tensor& found) {
      const Tensor slab = (axis == 0 ? found : found.flip({axis}).index_select(0, mirrored)).contiguous();
      for (std::int64_t c = 0; c < slab.size(0); ++c) {
        const Tensor map = slab[c];
        float* out = prediction.probabilities.data() + c * static_cast<std::int64_t>(voxels) + first * static_cast<std::int64_t>(slice);
        for (std::int64_t i = 0; i < map.numel(); ++i) out[i] += map.const_data_ptr<float>()[i];
      }
    };
    std::int64_t windowsOfView = 0;
    slideOverVolume(look, axis == 0 ? volume : volume.flip({axis}), add, [&](std::int64_t done, std::int64_t all) {
      job.throwIfStopped();
      windowsOfView = all;
      job.progress(before + done, static_cast<std::int64_t>(views.size()) * all, "predicting");
    });
    before += windowsOfView;
  }
  if (views.size() > 1)
    for (float& p : prediction.probabilities) p /= static_cast<float>(views.size());
  return prediction;
}

/// A single slice may be a volume among others; a volume is never a picture.
void requireKind(const CheckpointHeader& header, const Image& image) {
  if (header.depth == 1 && image.geometry.size.z > 1)
    throw Error(ErrorKind::BadInput, "not-2d", "The specialist learnt from pictures, and this is a volume.");
}

}  // namespace

std::vector<Prediction> Specialist::predict(std::span<const Image> images, Job& job) const {
  const Parts& parts = *m_parts;
  const CheckpointHeader& header = parts.header;
  const torch::Device device = torchDevice(parts.compute);
  const auto type = parts.compute.fastPrecision == Precision::BFloat16 ? torch::kBFloat16 : torch::kFloat;
  std::vector<Prediction> predictions;
  translatingTorchErrors("predicting", [&] {
    const torch::NoGradGuard guard;
    at::set_num_threads(parts.compute.threads);
    const auto batch = static_cast<std::size_t>(std::max(1, parts.options.batch));
    for (const Image& image : images) requireKind(header, image);
    if (header.depth > 1) {
      for (const Image& image : images)
        predictions.push_back(predictVolume({*parts.network, header, parts.options, device, type}, image, job));
      return;
    }
    for (std::size_t first = 0; first < images.size(); first += batch) {
      job.throwIfStopped();
      std::vector<Tensor> inputs;
      for (const Image& image : images.subspan(first, std::min(batch, images.size() - first)))
        inputs.push_back((resized(asTensor(image), header.height, header.width) - header.mean) / header.deviation);
      const Tensor found =
          probabilities(*parts.network, torch::cat(inputs).to(device), type, parts.options.augmentation, header.classes.mirrorIndices());
      for (std::int64_t i = 0; i < found.size(0); ++i)
        predictions.push_back({.size = workingSize(), .classCount = header.classes.size(), .probabilities = values(found[i])});
      job.progress(static_cast<std::int64_t>(predictions.size()), static_cast<std::int64_t>(images.size()), "predicting");
    }
  });
  return predictions;
}

Size Specialist::predictedSize(const Geometry& geometry) const { return sizeAt(geometry, m_parts->header.spacingMm); }

void Specialist::predictSlabs(const Image& volume, const SlabReceiver& slab, Job& job) const {
  const Parts& parts = *m_parts;
  requireKind(parts.header, volume);
  if (parts.header.depth == 1 || parts.options.augmentation == TestTimeAugmentation::Yes)
    return slab(0, predict(std::span(&volume, 1), job).front());
  translatingTorchErrors("predicting", [&] {
    const torch::NoGradGuard guard;
    at::set_num_threads(parts.compute.threads);
    const auto type = parts.compute.fastPrecision == Precision::BFloat16 ? torch::kBFloat16 : torch::kFloat;
    const VolumeLook look{*parts.network, parts.header, parts.options, torchDevice(parts.compute), type};
    const Size size = predictedSize(volume.geometry);
    const auto emit = [&](std::int64_t first, const Tensor& found) {
      slab(first, {.size = {size.x, size.y, found.size(1)}, .classCount = parts.header.classes.size(), .probabilities = values(found)});
    };
    slideOverVolume(look, normalisedVolume(parts.header, volume, size), emit, [&](std::int64_t done, std::int64_t all) {
      job.throwIfStopped();
      job.progress(done, all, "predicting");
    });
  });
}

std::vector<float> resampledTo(const Image& image, int width, int height) {
  std::vector<float> result;
  translatingTorchErrors("resampling a picture", [&] { result = values(resized(asTensor(image), height, width)); });
  return result;
}

Prediction resampledTo(const Prediction& prediction, Size size) {
  Prediction result{.size = size, .classCount = prediction.classCount, .probabilities = {}};
  if (prediction.size == size) return prediction;
  if (size.z > 1 || prediction.size.z > 1) {
    for (int c = 0; c < prediction.classCount; ++c) {
      const std::vector<float> map = resampled(prediction.classMap(c), prediction.size, size, Interpolation::Linear);
      result.probabilities.insert(result.probabilities.end(), map.begin(), map.end());
    }
    return result;
  }
  translatingTorchErrors("resampling a prediction", [&] {
    result.probabilities.reserve(static_cast<std::size_t>(size.count()) * static_cast<std::size_t>(prediction.classCount));
    // One class at a time: the whole at full size is needed once, not twice.
    for (int c = 0; c < prediction.classCount; ++c) {
      const auto map = prediction.classMap(c);
      const Tensor small = torch::from_blob(const_cast<float*>(map.data()), {1, 1, prediction.size.y, prediction.size.x}, torch::kFloat);
      const std::vector<float> large = values(resized(small, size.y, size.x).clamp(0, 1));
      result.probabilities.insert(result.probabilities.end(), large.begin(), large.end());
    }
  });
  return result;
}

}  // namespace roundel
