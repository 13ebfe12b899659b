// What a device does with the networks, one JSON line a measurement; gpu_session.sh runs it on a lent GPU. Needs LibTorch alone.
//
//   gpu_bench limit  [--size 8192]                            matrix products: what the device can do at best
//   gpu_bench embed  --network sam_vit_b --batch 4            images/s of an encoder, operations counted
//   gpu_bench decode --prompts 32                             one pass of SAM's mask decoder
//   gpu_bench train  --width 64 --batch 16 --height 384 --columns 224     images/s of a training step of the paper's U-Net
//   gpu_bench parity --network sam_vit_b                      against the golden folder, or float32 on the processor where it has no case
// All: [--device cpu|cuda:0] [--precision float32|bfloat16] [--seconds 5]
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <map>

#include "bench/network_operations.h"
#include "core/error.h"
#include "device/device.h"
#include "device/processor.h"
#include "device/torch_device.h"
#include "golden/golden_case.h"
#include "nn/learning_layers.h"
#include "nn/sam.h"
#include "nn/sam2.h"
#include "nn/sam_3d.h"
#include "nn/unet2d.h"
#include "train/optimiser.h"
#include "train/segmentation_loss.h"

namespace {

using namespace roundel;
using torch::Tensor;

struct Flags {
  std::map<std::string, std::string> given;
  std::string text(const std::string& name, const std::string& otherwise) const {
    const auto found = given.find(name);
    return found == given.end() ? otherwise : found->second;
  }
  int number(const std::string& name, int otherwise) const {
    const auto found = given.find(name);
    return found == given.end() ? otherwise : std::stoi(found->second);
  }
};

Flags flagsFrom(int count, char** words) {
  const std::vector<std::string> known{"device", "precision", "seconds", "size",   "network",
                                       "batch",  "prompts",   "width",   "height", "columns"};
  Flags flags;
  for (int i = 2; i < count; i += 2) {
    const std::string name = words[i];
    if (!name.starts_with("--") || i + 1 == count || std::find(known.begin(), known.end(), name.substr(2)) == known.end())
      throw Error(ErrorKind::Usage, "unknown-flag", "There is no flag " + name + ", or it has no value.");
    flags.given[name.substr(2)] = words[i + 1];
  }
  return flags;
}

/// The device and what was free on it before the first network.
struct Place {
  ComputeChoice choice;
  torch::Device device;
  torch::ScalarType type;
  std::uint64_t freeBefore = 0;

  /// LibTorch keeps what it took once, so what is missing now is the most that was held.
  std::uint64_t peakBytes() const {
    return choice.onGpu() ? freeBefore - std::min(freeBefore, availableMemory(choice.device)) : peakMemory();
  }
};

Place placeFrom(const Flags& flags) {
  const ComputeChoice choice = chooseDevice(flags.text("device", "auto"), 0);
  const std::string precision = flags.text("precision", "float32");
  if (precision != "float32" && precision != "bfloat16")
    throw Error(ErrorKind::Usage, "bad-precision", "The precision is float32 or bfloat16.");
  Place place{choice, torchDevice(choice), precision == "bfloat16" ? torch::kBFloat16 : torch::kFloat};
  torch::ones({8, 8}, place.device).sum().item<float>();  // the driver's own memory is not the network's
  place.freeBefore = availableMemory(choice.device);
  startPeakMemory();
  return place;
}

/// Numbers of about the size that trained weights have, drawn where they are used.
class DrawnSource : public nn::ParameterSource {
 public:
  explicit DrawnSource(torch::Device device) : m_device(device) {}
  Tensor take(const nn::ParameterShape& wanted) override {
    if (wanted.shape.empty()) return torch::zeros({}, m_device);
    return 0.02 * torch::randn(wanted.shape, torch::TensorOptions().device(m_device));
  }

 private:
  torch::Device m_device;
};

/// The golden folder's weights, each computed once.
class FormulaSource : public nn::ParameterSource {
 public:
  explicit FormulaSource(torch::Device device) : m_device(device) {}
  Tensor take(const nn::ParameterShape& wanted) override {
    static std::map<std::string, Tensor> known;
    Tensor& weight = known[wanted.key];
    if (!weight.defined()) weight = torch::tensor(golden::weight(wanted.key, wanted.shape)).view(wanted.shape);
    return weight.to(m_device);
  }

 private:
  torch::Device m_device;
};

void waitFor(const Tensor& result) { result.flatten()[0].item<float>(); }

struct Timing {
  double seconds = 0;  ///< a call, the median of groups of calls
  double spread = 0;   ///< slowest of the groups by the fastest
  int calls = 0;
};

/// Calls `work` for about so long, after a warm-up. A device is given several calls before it is waited for, as work does it.
Timing timed(double atLeast, const std::function<Tensor()>& work) {
  const auto clock = [] { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); };
  waitFor(work());
  double begin = clock();
  waitFor(work());
  const int calls = std::clamp(static_cast<int>(atLeast / 5 / std::max(1e-6, clock() - begin)), 1, 1000);
  std::vector<double> groups;
  for (int group = 0; group < 5; ++group) {
    begin = clock();
    Tensor last;
    for (int call = 0; call < calls; ++call) last = work();
    waitFor(last);
    groups.push_back((clock() - begin) / calls);
  }
  std::sort(groups.begin(), groups.end());
  return {groups[2], groups.back() / groups.front(), 5 * calls};
}

/// Counts what every measurement says.
Json said(const std::string& what, const Flags& flags, const Place& place, const Timing& time) {
  Json json = {{"bench", what}};
  for (const auto& [name, value] : flags.given) json[name] = value;
  json.update({{"environment", environment(place.choice)},
               {"precision", place.type == torch::kFloat ? "float32" : "bfloat16"},
               {"milliseconds", time.seconds * 1e3},
               {"slowest_by_fastest", time.spread},
               {"calls", time.calls},
               {"peak_bytes", place.peakBytes()}});
  return json;
}

double secondsOf(const Flags& flags) { return flags.number("seconds", 5); }

Json limit(const Flags& flags) {
  const Place place = placeFrom(flags);
  const std::int64_t size = flags.number("size", 8192);
  const auto options = torch::TensorOptions().device(place.device);
  const Tensor a = torch::randn({size, size}, options).to(place.type), b = torch::randn({size, size}, options).to(place.type);
  const Timing time = timed(secondsOf(flags), [&] { return torch::matmul(a, b); });
  Json json = said("limit", flags, place, time);
  json["tflop_per_second"] = 2.0 * std::pow(static_cast<double>(size), 3) / time.seconds / 1e12;
  return json;
}

/// An encoder by the name of its architecture, as a function of a normalised batch.
struct Encoder {
  std::function<Tensor(const Tensor&)> embed;
  std::vector<std::int64_t> shape;  ///< of one input, without the batch
  double operations = 0;            ///< an image; 0: not counted
};

Encoder encoderOf(const std::string& name, nn::ParameterSource& source) {
  if (const auto options = nn::samOptions(name)) {
    const auto sam = std::make_shared<const nn::Sam>(source, *options);
    const auto* vit = std::get_if<nn::VitOptions>(&options->encoder);
    return {[sam](const Tensor& x) { return sam->embed(x); }, {3, sam->imageSize(), sam->imageSize()}, vit ? bench::operationsOf(*vit) : 0};
  }
  if (const auto options = nn::sam2Options(name)) {
    const auto sam = std::make_shared<const nn::Sam2>(source, *options);
    return {[sam](const Tensor& x) { return sam->embed(x).embedding; }, {3, 1024, 1024}};
  }
  if (const auto options = nn::sam3dOptions(name)) {
    const auto sam = std::make_shared<const nn::Sam3d>(source, *options);
    const std::int64_t side = sam->volumeSize();
    return {[sam](const Tensor& x) { return sam->embed(x); }, {1, side, side, side}};
  }
  throw Error(ErrorKind::Usage, "unknown-network", "There is no network named " + name + ".");
}

Tensor drawn(std::vector<std::int64_t> shape, std::int64_t batch, const Place& place) {
  shape.insert(shape.begin(), batch);
  return torch::randn(shape, torch::TensorOptions().device(place.device)).to(place.type);
}

Json embed(const Flags& flags) {
  const Place place = placeFrom(flags);
  const torch::InferenceMode frozen;
  DrawnSource source(place.device);
  const Encoder encoder = encoderOf(flags.text("network", "sam_vit_b"), source);
  const int batch = flags.number("batch", 1);
  const Tensor images = drawn(encoder.shape, batch, place);
  const Timing time = timed(secondsOf(flags), [&] { return encoder.embed(images); });
  Json json = said("embed", flags, place, time);
  json["images_per_second"] = batch / time.seconds;
  json["tflop_per_image"] = encoder.operations > 0 ? Json(encoder.operations / 1e12) : Json(nullptr);
  json["tflop_per_second"] = encoder.operations > 0 ? Json(encoder.operations * batch / time.seconds / 1e12) : Json(nullptr);
  return json;
}

nn::PromptPoints boxes(int count, torch::Device device) {
  std::vector<nn::FramePrompt> asked;
  for (int i = 0; i < count; ++i) asked.push_back({.points = {}, .box = nn::FrameBox{20.0 * i, 10, 20.0 * i + 300, 400.0 + 20 * i}});
  nn::PromptPoints points = nn::promptPoints(asked);
  points.places = points.places.to(device);
  points.labels = points.labels.to(device);
  return points;
}

Json decode(const Flags& flags) {
  const Place place = placeFrom(flags);
  const torch::InferenceMode frozen;
  DrawnSource source(place.device);
  const nn::Sam sam(source, nn::samOptions("mobile_sam").value());  // every published 2-D SAM has this decoder
  const auto prepared = sam.prepare(drawn({256, 64, 64}, 1, place));
  const auto points = boxes(flags.number("prompts", 1), place.device);
  // A person waits for each answer: latency.
  const Timing time = timed(secondsOf(flags), [&] {
    Tensor logits = sam.segment(prepared, points, nn::MaskChoice::Single).logits;
    waitFor(logits);
    return logits;
  });
  return said("decode", flags, place, time);
}

Json train(const Flags& flags) {
  const Place place = placeFrom(flags);
  constexpr int kClasses = 17;
  nn::UNet2d network({.classes = kClasses, .width = flags.number("width", 64)});
  nn::initialise(network, 1);
  network.to(place.device);
  NamedParameters parameters;
  for (const auto& entry : network.named_parameters()) parameters.emplace_back(entry.key(), entry.value());
  Optimiser optimiser(parameters, {});
  const std::int64_t batch = flags.number("batch", 16), height = flags.number("height", 384), columns = flags.number("columns", 224);
  const Tensor images = drawn({1, height, columns}, batch, place);
  const LossTarget target{.planes = bitPlanes((torch::rand({batch, kClasses, height, columns}) < 0.02).to(torch::kByte)).to(place.device),
                          .classWeight = torch::ones({batch, kClasses}).to(place.device),
                          .ignored = {}};
  const Tensor posWeight = torch::full({kClasses}, 50.0).to(place.device);
  const Timing time = timed(secondsOf(flags), [&] {
    optimiser.zeroGradients();
    const Tensor loss = segmentationLoss(network.forward(images), target, posWeight).entropy;
    loss.backward();
    optimiser.clipGradients(1.0);
    optimiser.step(1e-3);
    return loss.detach();
  });
  Json json = said("train", flags, place, time);
  json["images_per_second"] = static_cast<double>(batch) / time.seconds;
  return json;
}

double relativeError(const Tensor& mine, const Tensor& right) {
  const Tensor a = mine.to(torch::kCPU, torch::kDouble), b = right.to(torch::kCPU, torch::kDouble);
  return ((a - b).norm() / b.norm()).item<double>();
}

Json goldenDeviation(const golden::Case& test, const std::string& tensor, const Tensor& value) {
  const golden::Reference expected = golden::reference(test.file, tensor);
  const Tensor flat = value.to(torch::kCPU, torch::kFloat).contiguous();
  if (flat.sizes().vec() != expected.shape) return "another shape";
  const auto off = golden::deviation(expected, flat.const_data_ptr<float>());
  return {{"max_over_rms", off.maxOverRms}, {"relative_l2", off.relativeL2}};
}

/// The golden case of a network, where the folder has one.
std::vector<golden::Case> goldenOf(const std::string& network) {
  std::vector<golden::Case> found;
  for (const char* kind : {"sam", "sam2", "sam_3d", "sam3d"})
    for (auto& test : golden::casesOfKind(kind))
      if (test.description.value("network", "") == network) found.push_back(std::move(test));
  return found;
}

/// The golden weights on the device against the processor in float32, and against the golden numbers of the encoder where there are any.
Json parity(const Flags& flags) {
  const Place place = placeFrom(flags);
  const torch::InferenceMode frozen;
  const std::string name = flags.text("network", "sam_vit_b");
  FormulaSource there(place.device), here(torch::kCPU);
  const Encoder mine = encoderOf(name, there), right = encoderOf(name, here);
  std::vector<std::int64_t> shape = mine.shape;
  shape.insert(shape.begin(), 1);
  std::int64_t count = 1;
  for (const auto size : shape) count *= size;
  const auto inputFrom = [&](const std::string& key, double low, double high) {
    return torch::tensor(golden::input(key, count, low, high)).view(shape);
  };
  const Tensor image = inputFrom("input", -2, 2);
  Json json = said("parity", flags, place, {});
  json["network"] = name;
  const Tensor reference = right.embed(image);
  json["encoder_against_processor"] = relativeError(mine.embed(image.to(place.device, place.type)), reference);
  json["golden"] = Json::array();
  for (const auto& test : goldenOf(name)) {
    const Json inputs = test.description.value("inputs", Json::object());
    const std::string tensor = golden::holds(test.file, "enc.neck") ? "enc.neck" : "enc.image_embed";
    if (!inputs.contains("in.image") || !golden::holds(test.file, tensor)) continue;
    const Json& formula = inputs["in.image"];
    const Tensor given = inputFrom(formula["key"], formula["low"], formula["high"]);
    json["golden"].push_back(
        {{"case", test.name}, {"encoder", goldenDeviation(test, tensor, mine.embed(given.to(place.device, place.type)))}});
  }
  if (const auto options = nn::samOptions(name)) {
    const nn::Sam device(there, *options), processor(here, *options);
    const auto answer = [&](const nn::Sam& sam, const Tensor& embedding) {
      return sam.segment(sam.prepare(embedding), boxes(3, embedding.device()), nn::MaskChoice::Multi);
    };
    const auto got = answer(device, reference.to(place.device, place.type)), wanted = answer(processor, reference);
    json["decoder_against_processor"] = relativeError(got.logits, wanted.logits);
    json["iou_off_by"] = (got.iou.to(torch::kCPU, torch::kFloat) - wanted.iou).abs().max().item<double>();
  }
  json["peak_bytes"] = place.peakBytes();
  return json;
}

}  // namespace

int main(int count, char** words) {
  const std::map<std::string, Json (*)(const Flags&)> benches{
      {"limit", limit}, {"embed", embed}, {"decode", decode}, {"train", train}, {"parity", parity}};
  try {
    const auto bench = count > 1 ? benches.find(words[1]) : benches.end();
    if (bench == benches.end()) throw Error(ErrorKind::Usage, "usage", "gpu_bench limit|embed|decode|train|parity [--flag value]...");
    torch::manual_seed(1);
    std::cout << bench->second(flagsFrom(count, words)).dump() << std::endl;
    return 0;
  } catch (const std::exception& failure) {
    std::cout << Json{{"bench", count > 1 ? words[1] : ""}, {"error", std::string(failure.what()).substr(0, 600)}}.dump() << std::endl;
    return 1;
  }
}
