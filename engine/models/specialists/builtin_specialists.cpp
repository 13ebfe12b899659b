#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "models/specialists/nnunet_stages.h"
#include "models/specialists/specialist_network.h"
#include "nn/learning_layers.h"
#include "nn/staged_unet3d.h"
#include "nn/unet2d.h"
#include "nn/unet2d_ssl.h"
#include "nn/unet3d.h"
#include "nn/vnet.h"

namespace roundel {
namespace {

/// What every kind can be asked for.
struct Form {
  OutputForm outputs = OutputForm::Sigmoid;
  nn::ExtraHeads heads = nn::ExtraHeads::None;

  explicit Form(const Params& params)
      : outputs(params.at("outputs") == "exclusive" ? OutputForm::Softmax : OutputForm::Sigmoid),
        heads(params.at("heads") == "distance"  ? nn::ExtraHeads::SignedDistance
              : params.at("heads") == "pyramid" ? nn::ExtraHeads::Pyramid
                                                : nn::ExtraHeads::None) {}
  int distances(int classes) const { return heads == nn::ExtraHeads::SignedDistance ? classes : 0; }
};

ParamSpec widthParam() {
  return {.name = "width",
          .type = ParamType::Integer,
          .defaultValue = 16,
          .minimum = 4,
          .maximum = 128,
          .unit = "channels",
          .sentence = "channels at full resolution, doubled at every level; 64 in SAM Carries the Burden, 16 in SSL4MIS"};
}

/// The kind's own parameters, then the form that all share.
std::vector<ParamSpec> withForm(std::vector<ParamSpec> params) {
  params.push_back({.name = "outputs",
                    .type = ParamType::Choice,
                    .defaultValue = "overlapping",
                    .choices = {"overlapping", "exclusive"},
                    .sentence = "classes each on their own (sigmoid), or excluding one another (softmax with a background; the papers)"});
  params.push_back({.name = "heads",
                    .type = ParamType::Choice,
                    .defaultValue = "plain",
                    .choices = {"plain", "distance", "pyramid"},
                    .sentence = "what the network says beside its masks; strategies that need more ask for it themselves"});
  return params;
}

/// A network of the family with Options { classes, width, heads, distances } and a pass.
template <class Network>
class Learning : public SpecialistNetwork {
 public:
  template <class Options>
  Learning(const Options& options, OutputForm outputs) : SpecialistNetwork(outputs), m_network(std::make_shared<Network>(options)) {}
  torch::nn::Module& module() override { return *m_network; }
  nn::HeadedOutput run(const torch::Tensor& x, const nn::Pass& pass) const override {
    if constexpr (std::is_same_v<Network, nn::UNet2d>) {
      if (pass.learns()) return m_network->forwardDeep(x);
      return {.logits = {m_network->forward(x)}};
    } else if constexpr (std::is_same_v<Network, nn::VNet>) {
      return {.logits = {m_network->forward(x, pass)}};
    } else {
      return m_network->forward(x, pass);
    }
  }
  void initialise(std::uint64_t seed) override {
    const bool kaiming = std::is_same_v<Network, nn::UNet3d> || std::is_same_v<Network, nn::StagedUNet3d>;
    nn::initialise(module(), seed, kaiming ? nn::Initialisation::KaimingNormal : nn::Initialisation::Uniform);
  }

 private:
  std::shared_ptr<Network> m_network;
};

class UNetBuilder : public SpecialistBuilder {
 public:
  UNetBuilder(const nn::UNet2dOptions& options, const Form& form) : m_options(options), m_form(form) {}

  std::unique_ptr<SpecialistNetwork> build(int classes) const override {
    nn::UNet2dOptions options = m_options;
    options.classes = outputsFor(m_form.outputs, classes);
    options.distances = m_form.distances(classes);
    if (m_form.heads == nn::ExtraHeads::Pyramid) options.auxiliaryHeads = std::min(options.levels - 1, 3);
    return std::make_unique<Learning<nn::UNet2d>>(options, m_form.outputs);
  }

  std::uint64_t activationBytes(Size size, int elementBytes) const override {
    // A level keeps, on its way down and up, about 13 maps of its width: two convolutions with their norms each, the
    // concatenation (twice as wide), the transposed convolution, the maximum; the gradients in flight add about half.
    double values = 0;
    for (int level = 0; level <= m_options.levels; ++level)
      values += 19.0 * std::min<double>(std::ldexp(m_options.width, level), m_options.maximumWidth) * std::ldexp(1.0, -2 * level);
    return static_cast<std::uint64_t>(values * static_cast<double>(size.count()) * elementBytes);
  }

 private:
  nn::UNet2dOptions m_options;
  Form m_form;
};

/// The networks of SSL4MIS and UA-MT: Options { classes, width, heads, distances }.
template <class Network, class Options, int Dimensions>
class FamilyBuilder : public SpecialistBuilder {
 public:
  FamilyBuilder(const Options& options, const Form& form, int sideMultiple)
      : m_options(options), m_form(form), m_sideMultiple(sideMultiple) {}

  std::unique_ptr<SpecialistNetwork> build(int classes) const override {
    Options options = m_options;
    options.classes = outputsFor(m_form.outputs, classes);
    if constexpr (requires { options.heads; }) {
      options.heads = m_form.heads;
      options.distances = classes;
    } else if (m_form.heads != nn::ExtraHeads::None) {
      throw Error(ErrorKind::Usage, "bad-parameter", "The V-Net has no other head than its masks', and this strategy learns with more.",
                  {.remedy = "Take --specialist unet3d, or another strategy."});
    }
    return std::make_unique<Learning<Network>>(options, m_form.outputs);
  }
  int dimensions() const override { return Dimensions; }
  int sideMultiple() const override { return m_sideMultiple; }
  std::uint64_t activationBytes(Size size, int elementBytes) const override {
    double values = 0;
    for (int level = 0; level <= 4; ++level) values += 24.0 * std::ldexp(m_options.width, level) * std::ldexp(1.0, -Dimensions * level);
    return static_cast<std::uint64_t>(values * static_cast<double>(size.count()) * elementBytes);
  }

 private:
  Options m_options;
  Form m_form;
  int m_sideMultiple;
};

RegistryEntry<SpecialistBuilder> unet2d() {
  return {
      .name = "unet2d",
      .sentence = "The 2-D U-Net of SAM Carries the Burden (instance normalisation, LeakyReLU); width 64 is the paper's, 31 M parameters",
      .params = withForm({widthParam()}),
      .create = [](const Params& params) -> std::unique_ptr<SpecialistBuilder> {
        return std::make_unique<UNetBuilder>(nn::UNet2dOptions{.width = params.at("width").get<int>()}, Form(params));
      }};
}

RegistryEntry<SpecialistBuilder> nnunetLike() {
  return {.name = "nnunet-like",
          .sentence = "A U-Net by nnU-Net's rules: width doubling up to 512, heads on coarser levels for deep supervision",
          .params = withForm({{.name = "nnunet_width",
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
                               .sentence = "number of poolings; the smallest map should keep 4 to 7 pixels a side"}}),
          .create = [](const Params& params) -> std::unique_ptr<SpecialistBuilder> {
            const int levels = params.at("nnunet_levels").get<int>();
            return std::make_unique<UNetBuilder>(nn::UNet2dOptions{.width = params.at("nnunet_width").get<int>(),
                                                                   .levels = levels,
                                                                   .maximumWidth = 512,
                                                                   .auxiliaryHeads = std::min(levels - 1, 3)},
                                                 Form(params));
          }};
}

/// Deep supervision instead of heads: no other strategy than the supervised one.
class NnunetVolumeBuilder : public SpecialistBuilder {
 public:
  NnunetVolumeBuilder(nn::StagedUNet3dOptions options, const Form& form) : m_options(std::move(options)), m_form(form) {
    if (m_form.heads != nn::ExtraHeads::None)
      throw Error(ErrorKind::Usage, "bad-parameter",
                  "nnU-Net's network has no heads but those of its levels, and this strategy learns with others.",
                  {.remedy = "Take --specialist unet3d, or another strategy."});
  }

  std::unique_ptr<SpecialistNetwork> build(int classes) const override {
    nn::StagedUNet3dOptions options = m_options;
    options.classes = outputsFor(m_form.outputs, classes);
    return std::make_unique<Learning<nn::StagedUNet3d>>(options, m_form.outputs);
  }
  int dimensions() const override { return 3; }
  int sideMultiple() const override {
    std::array<int, 3> multiple{1, 1, 1};
    for (const auto& stage : m_options.stages)
      for (std::size_t axis = 0; axis < 3; ++axis) multiple[axis] *= static_cast<int>(stage.stride[axis]);
    return std::min({multiple[0], multiple[1], multiple[2]});  // the network itself asks for the others
  }
  std::uint64_t activationBytes(Size size, int elementBytes) const override {
    double values = 0, share = 1;
    for (std::size_t level = 0; level < m_options.stages.size(); ++level) {
      for (const std::int64_t stride : m_options.stages[level].stride) share /= static_cast<double>(stride);
      values += 24.0 * std::min<double>(std::ldexp(m_options.width, static_cast<int>(level)), m_options.maximumWidth) * share;
    }
    return static_cast<std::uint64_t>(values * static_cast<double>(size.count()) * elementBytes);
  }

 private:
  nn::StagedUNet3dOptions m_options;
  Form m_form;
};

RegistryEntry<SpecialistBuilder> nnunetLikeVolumes() {
  return {.name = "nnunet-like-3d",
          .sentence =
              "A 3-D U-Net by nnU-Net's rules, for volumes: poolings and kernels an axis as patch and spacing ask for, width doubling up "
              "to 320",
          .params = withForm({{.name = "nnunet_width",
                               .type = ParamType::Integer,
                               .defaultValue = 32,
                               .minimum = 4,
                               .maximum = 128,
                               .unit = "channels",
                               .sentence = "channels at full resolution"},
                              {.name = "nnunet_stages",
                               .type = ParamType::Text,
                               .defaultValue = "auto",
                               .sentence = "kernel and stride of every level, as in \"133/111 333/122\" (slices, rows, columns); auto: as "
                                           "patch and spacing ask for"}}),
          .create = [](const Params& params) -> std::unique_ptr<SpecialistBuilder> {
            const std::string text = params.at("nnunet_stages");
            return std::make_unique<NnunetVolumeBuilder>(
                nn::StagedUNet3dOptions{.width = params.at("nnunet_width").get<int>(),
                                        .stages = text == "auto" ? nnunetStages({64, 64, 64}, {}) : nnunetStagesFrom(text)},
                Form(params));
          }};
}

RegistryEntry<SpecialistBuilder> unet2dSsl() {
  return {.name = "unet2d-ssl",
          .sentence = "The 2-D U-Net of SSL4MIS (batch normalisation, dropout), on which its strategies were published",
          .params = withForm({widthParam()}),
          .create = [](const Params& params) -> std::unique_ptr<SpecialistBuilder> {
            return std::make_unique<FamilyBuilder<nn::UNet2dSsl, nn::UNet2dSslOptions, 2>>(
                nn::UNet2dSslOptions{.width = params.at("width").get<int>()}, Form(params), 16);
          }};
}

RegistryEntry<SpecialistBuilder> unet3d() {
  return {.name = "unet3d",
          .sentence = "The 3-D U-Net of SSL4MIS, SemiSAM+ and SemiSAM-O1, for volumes; width 16 is the papers', 5.9 M parameters",
          .params = withForm({widthParam()}),
          .create = [](const Params& params) -> std::unique_ptr<SpecialistBuilder> {
            return std::make_unique<FamilyBuilder<nn::UNet3d, nn::UNet3dOptions, 3>>(
                nn::UNet3dOptions{.width = params.at("width").get<int>()}, Form(params), 8);
          }};
}

RegistryEntry<SpecialistBuilder> vnet() {
  return {.name = "vnet",
          .sentence = "The V-Net of UA-MT and SemiSAM (batch normalisation), for volumes; width 16 is the papers', 9.4 M parameters",
          .params = withForm({widthParam()}),
          .create = [](const Params& params) -> std::unique_ptr<SpecialistBuilder> {
            return std::make_unique<FamilyBuilder<nn::VNet, nn::VNetOptions, 3>>(nn::VNetOptions{.width = params.at("width").get<int>()},
                                                                                 Form(params), 16);
          }};
}

}  // namespace

const Registry<SpecialistBuilder>& specialists() {
  static const Registry<SpecialistBuilder> registry("specialist",
                                                    {unet2d(), nnunetLike(), unet2dSsl(), unet3d(), vnet(), nnunetLikeVolumes()});
  return registry;
}

int dimensionsOf(const std::string& specialist) { return specialists().create(specialist)->dimensions(); }

}  // namespace roundel
