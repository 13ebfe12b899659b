#include <algorithm>
#include <cmath>

#include "models/specialists/specialist_network.h"
#include "nn/unet2d.h"

namespace roundel {
namespace {

class UNetSpecialist : public SpecialistNetwork {
 public:
  explicit UNetSpecialist(const nn::UNet2dOptions& options) : m_network(std::make_shared<nn::UNet2d>(options)) {}
  torch::nn::Module& module() override { return *m_network; }
  torch::Tensor forward(const torch::Tensor& x) const override { return m_network->forward(x); }
  std::vector<torch::Tensor> forwardDeep(const torch::Tensor& x) const override { return m_network->forwardDeep(x); }

 private:
  std::shared_ptr<nn::UNet2d> m_network;
};

class UNetBuilder : public SpecialistBuilder {
 public:
  explicit UNetBuilder(const nn::UNet2dOptions& options) : m_options(options) {}

  std::unique_ptr<SpecialistNetwork> build(int classes) const override {
    nn::UNet2dOptions options = m_options;
    options.classes = classes;
    return std::make_unique<UNetSpecialist>(options);
  }

  std::uint64_t activationBytes(int width, int height, int elementBytes) const override {
    // A level keeps, on its way down and up, about 13 maps of its width: two convolutions with their norms each, the
    // concatenation (twice as wide), the transposed convolution, the maximum; the gradients in flight add about half.
    double values = 0;
    for (int level = 0; level <= m_options.levels; ++level)
      values += 19.0 * std::min<double>(std::ldexp(m_options.width, level), m_options.maximumWidth) * std::ldexp(1.0, -2 * level);
    return static_cast<std::uint64_t>(values * width * height * elementBytes);
  }

 private:
  nn::UNet2dOptions m_options;
};

RegistryEntry<SpecialistBuilder> unet2d() {
  return {
      .name = "unet2d",
      .sentence = "The 2-D U-Net of SAM Carries the Burden (instance normalisation, LeakyReLU); width 64 is the paper's, 31 M parameters",
      .params = {{.name = "width",
                  .type = ParamType::Integer,
                  .defaultValue = 16,
                  .minimum = 4,
                  .maximum = 128,
                  .unit = "channels",
                  .sentence = "channels at full resolution, doubled at every level; 64 in the paper"}},
      .create = [](const Params& params) -> std::unique_ptr<SpecialistBuilder> {
        return std::make_unique<UNetBuilder>(nn::UNet2dOptions{.width = params.at("width").get<int>()});
      }};
}

RegistryEntry<SpecialistBuilder> nnunetLike() {
  return {.name = "nnunet-like",
          .sentence = "A U-Net by nnU-Net's rules: width doubling up to 512, heads on coarser levels for deep supervision",
          .params = {{.name = "nnunet_width",
                      .type = ParamType::Integer,
                      .defaultValue = 32,
                      .minimum = 4,
                      .maximum = 128,
                      .unit = "channels",
                      .sentence = "channels at full resolution"},
                     {.name = "nnunet_levels",
                      .type = ParamType::Integer,
                      .defaultValue = 4,
                      .minimum = 2,
                      .maximum = 7,
                      .unit = {},
                      .sentence = "number of poolings; the smallest map should keep 4 to 7 pixels a side"}},
          .create = [](const Params& params) -> std::unique_ptr<SpecialistBuilder> {
            const int levels = params.at("nnunet_levels").get<int>();
            return std::make_unique<UNetBuilder>(nn::UNet2dOptions{.width = params.at("nnunet_width").get<int>(),
                                                                   .levels = levels,
                                                                   .maximumWidth = 512,
                                                                   .auxiliaryHeads = std::min(levels - 1, 3)});
          }};
}

}  // namespace

const Registry<SpecialistBuilder>& specialists() {
  static const Registry<SpecialistBuilder> registry("specialist", {unet2d(), nnunetLike()});
  return registry;
}

}  // namespace roundel
