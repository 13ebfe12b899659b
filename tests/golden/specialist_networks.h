#pragma once
#include <charconv>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "golden/golden_groups.h"
#include "nn/discriminator.h"
#include "nn/unet2d.h"
#include "nn/unet2d_ssl.h"
#include "nn/unet3d.h"
#include "nn/vnet.h"

/// The networks that golden cases name, with what a test needs to know of each.
namespace roundel::golden {

struct KnownNetwork {
  std::shared_ptr<torch::nn::Module> module;
  int outputs = 2;
  bool hasBatchNorm = false;
  /// Results by name ("logits", "sdf", "dsv1" ...); intermediates go to the pass's trace.
  std::function<std::map<std::string, Tensor>(const Tensor&, const nn::Pass&)> run;
  std::vector<std::string> lastLayers;  ///< prefixes of parameters whose gradients no ReLU or maximum disturbs
};

/// The whole number behind `prefix`; nothing for another text.
inline std::optional<int> numberBehind(const std::string& text, const std::string& prefix) {
  int number = 0;
  if (!text.starts_with(prefix)) return {};
  const auto [end, code] = std::from_chars(text.data() + prefix.size(), text.data() + text.size(), number);
  return code == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

template <class Network, class Options>
KnownNetwork headedNetwork(const Options& options, std::vector<std::string> lastLayers, bool hasBatchNorm) {
  const auto network = std::make_shared<Network>(options);
  const auto run = [network](const Tensor& x, const nn::Pass& pass) {
    const nn::HeadedOutput found = network->forward(x, pass);
    std::map<std::string, Tensor> results;
    if (found.logits.size() == 1) results["logits"] = found.logits.front();
    else
      for (std::size_t i = 0; i < found.logits.size(); ++i) results["dsv" + std::to_string(i + 1)] = found.logits[i];
    if (found.distance.defined()) results["sdf"] = found.distance;
    return results;
  };
  return {network, options.classes, hasBatchNorm, run, std::move(lastLayers)};
}

/// The network of a case, without dropout; nothing where it is not here. `outputs`: of networks whose name does not say (0: as published).
inline std::optional<KnownNetwork> knownNetwork(const std::string& name, int outputs = 0) {
  const auto or2 = [outputs](int published) { return outputs > 0 ? outputs : published; };
  using nn::ExtraHeads;
  if (const auto classes = numberBehind(name, "sctb_unet2d_")) {
    const auto network = std::make_shared<nn::UNet2d>(nn::UNet2dOptions{.classes = *classes});
    const auto run = [network](const Tensor& x, const nn::Pass& pass) {
      std::map<std::string, Tensor> results;
      for (const auto& [part, value] : network->forwardNamed(x))
        if (part == "logits") results[part] = value;
        else nn::offer(pass.trace(), part, [&value = value] { return value; });
      return results;
    };
    return KnownNetwork{network, *classes, false, run, {"outc."}};
  }
  if (name == "unet_3D") return headedNetwork<nn::UNet3d>(nn::UNet3dOptions{.classes = or2(2), .dropout = false}, {"final."}, false);
  if (name == "unet_3D_sdf")
    return headedNetwork<nn::UNet3d>(
        nn::UNet3dOptions{.classes = or2(2), .heads = ExtraHeads::SignedDistance, .distances = or2(2), .dropout = false}, {"final."},
        false);
  if (name == "unet_3D_dv_semi")
    return headedNetwork<nn::UNet3d>(nn::UNet3dOptions{.classes = or2(2), .heads = ExtraHeads::Pyramid, .dropout = false}, {"dsv1."},
                                     false);
  if (name == "unet2d_ssl")
    return headedNetwork<nn::UNet2dSsl>(nn::UNet2dSslOptions{.classes = or2(4), .dropout = false}, {"decoder.out_conv."}, true);
  if (name == "vnet_uamt") {
    const nn::VNetOptions options{.classes = or2(2), .dropout = false};
    const auto network = std::make_shared<nn::VNet>(options);
    const auto run = [network](const Tensor& x, const nn::Pass& pass) {
      return std::map<std::string, Tensor>{{"logits", network->forward(x, pass)}};
    };
    return KnownNetwork{network, options.classes, true, run, {"out_conv."}};
  }
  return {};
}

/// Every parameter and buffer by its published key.
inline std::map<std::string, Tensor> stateOf(torch::nn::Module& module) {
  std::map<std::string, Tensor> state;
  for (const auto& entry : module.named_parameters()) state.emplace(entry.key(), entry.value());
  for (const auto& entry : module.named_buffers()) state.emplace(entry.key(), entry.value());
  return state;
}

/// Fills a network from the golden folder's formula.
inline void fillFromFormula(torch::nn::Module& module) {
  const torch::NoGradGuard guard;
  for (auto& [key, value] : stateOf(module)) {
    if (key.ends_with("num_batches_tracked")) Tensor(value).zero_();
    else Tensor(value).copy_(tensorOf(weight(key, value.sizes().vec()), value.sizes().vec()));
  }
}

/// The labels that a case describes: int64 [N, ...] of exclusive classes, or uint8 of the formula's own shape for "uniform_below".
inline Tensor labelOf(const Json& label, const std::vector<std::int64_t>& imageShape) {
  const std::string form = label.at("form");
  if (form == "uniform_below") {
    const auto shape = label["shape"].get<std::vector<std::int64_t>>();
    std::int64_t count = 1;
    for (const auto size : shape) count *= size;
    // Compared in double: a float32 threshold would lose the value that lies between 0.02 and its float.
    return (tensorOf(input(label["key"], count, 0, 1), shape).to(torch::kDouble) < label["below"].get<double>()).to(torch::kByte);
  }
  const auto centres = label["centres"].get<std::vector<std::vector<double>>>();
  std::vector<std::int64_t> space(imageShape.begin() + 2, imageShape.end());
  const auto weights = label.value("weights", std::vector<double>(space.size(), 1.0));
  std::vector<Tensor> items;
  for (const auto& centre : centres) {
    Tensor squares = torch::zeros(space, torch::kDouble);
    for (std::size_t axis = 0; axis < space.size(); ++axis) {
      std::vector<std::int64_t> along(space.size(), 1);
      along[axis] = space[axis];
      squares = squares + weights[axis] * (torch::arange(space[axis], torch::kDouble) - centre[axis]).square().view(along);
    }
    Tensor classes = torch::zeros(space, torch::kLong);
    if (form == "ellipsoid") classes = (squares < label["below"].get<double>()).to(torch::kLong);
    else {  // rings: the innermost that holds a pixel counts
      std::map<double, std::int64_t, std::greater<>> radii;
      for (const auto& [number, radius] : label["squared_radii"].items()) radii[radius.get<double>()] = std::stoll(number);
      for (const auto& [radius, number] : radii) classes.masked_fill_(squares < radius, number);
    }
    items.push_back(classes);
  }
  return torch::stack(items);
}

}  // namespace roundel::golden
