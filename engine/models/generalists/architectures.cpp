#include "models/generalists/architectures.h"

#include <map>
#include <utility>

#include "core/error.h"
#include "core/files.h"
#include "core/param_spec.h"
#include "models/generalists/sam2_network.h"
#include "models/generalists/sam_3d_network.h"
#include "models/generalists/sam_network.h"
#include "models/generalists/state_dict_source.h"
#include "nn/crop_network.h"
#include "nn/cube_network.h"
#include "weights/refusal.h"

namespace roundel {
namespace {

constexpr const char* kApache = "Apache-2.0";

GeneralistTraits promptable(bool points = true, bool masks = true) {
  return {.takesBox = true, .takesPoints = points, .takesMask = masks, .learnt = true, .dimensions = 2};
}

/// Of an architecture that is known by name.
std::vector<ExpectedTensor> neededByName(const std::string& name) {
  if (name == kCropNetwork) return tensorsOf<nn::CropNetwork>(nn::CropNetworkOptions{});
  if (name == kCubeNetwork) return tensorsOf<nn::CubeNetwork>(nn::CubeNetworkOptions{});
  if (auto volumes = neededTensors3d(name)) return *std::move(volumes);
  if (const auto trunk = nn::sam2Options(name)) return neededTensors(*trunk);
  return neededTensors(samOptionsOf(name, {}).value());
}

/// How weights compare with one architecture.
struct Candidate {
  const Architecture* architecture = nullptr;
  StateDictComparison differences;
  std::size_t agreeing = 0;  ///< tensors of the right name and shape
  bool explainsAll = true;   ///< sizes that were read off the tensors explain every one of them

  bool fits() const { return agreeing > 0 && differences.fits() && explainsAll; }
};

Candidate compareWith(const StateDict& weights, const Architecture& architecture, NonFinite nonFinite) {
  Candidate result{.architecture = &architecture};
  const auto needed = neededTensors(architecture, weights);
  result.differences = compare(weights, needed, nonFinite);
  result.agreeing = needed.size() - result.differences.missing.size() - result.differences.wrongShapes.size();
  if (nn::sam2Options(architecture.name)) std::erase_if(result.differences.unexpected, isSam2VideoMemory);
  // Tensors without a place mean that the sizes were read off a damaged file: a block too few, for instance.
  result.explainsAll = architecture.name != kUnpublishedSam || result.differences.unexpected.empty();
  return result;
}

[[noreturn]] void refuse(const StateDict& weights, const Candidate& nearest) {
  const std::string file = displayPath(weights.path);
  if (nearest.agreeing == 0)
    throw Error(ErrorKind::BadInput, "unknown-architecture", file + " holds no network that is known here: none of its tensors is.",
                {.path = file, .remedy = "See docs/GENERALISTS.md for what is known."});
  const std::string trunk = nn::sam2Options(nearest.architecture->name) ? unpublishedHiera(weights) : "";
  if (!trunk.empty())
    throw Error(ErrorKind::BadInput, "bad-weights",
                file + " holds a SAM 2 whose image encoder, a Hiera of " + trunk + ", is none of the four published ones.",
                {.path = file, .remedy = "Take tiny, small, base_plus or large as their publishers give them."});
  requireFit(weights, nearest.differences, nearest.architecture->title);
  throw Error(ErrorKind::BadInput, "bad-weights",
              file + " is nearest to " + nearest.architecture->title + ", which has no place for its tensor " +
                  shownName(nearest.differences.unexpected.front()) + ".",
              {.path = file, .remedy = "A part of the network is missing, or it is another one; get the file again."});
}

/// What stands for weights is real numbers.
void requireReal(const StateDict& weights, const std::vector<ExpectedTensor>& needed) {
  for (const auto& one : needed) {
    const std::string& type = weights.tensors.at(one.key).dtype;
    if (type == "F32" || type == "F16" || type == "BF16" || type == "F64") continue;
    const std::string file = displayPath(weights.path);
    throw Error(ErrorKind::BadInput, "bad-weights", file + ": the weights of " + one.key + " are no real numbers but " + type + ".",
                {.path = file, .remedy = "Take the file that its publisher gives, not one that was converted."});
  }
}

}  // namespace

const std::vector<Architecture>& architectures() {
  static const std::vector<Architecture> all{
      {.name = "sam_vit_b",
       .title = "Segment Anything, ViT-B",
       .goodFor = "Anything with an outline, from a box or a few points; not trained on radiographs.",
       .licence = kApache,
       .traits = promptable()},
      {.name = "sam_vit_l",
       .title = "Segment Anything, ViT-L",
       .goodFor = "As ViT-B, a little better and three times slower.",
       .licence = kApache,
       .traits = promptable()},
      {.name = "sam_vit_h",
       .title = "Segment Anything, ViT-H",
       .goodFor = "The one of the paper; six times slower than ViT-B.",
       .licence = kApache,
       .traits = promptable()},
      {.name = "mobile_sam",
       .title = "MobileSAM",
       .goodFor = "Quick answers on a machine without a GPU.",
       .licence = kApache,
       .traits = promptable()},
      {.name = "sam_med2d_vit_b_256",
       .title = "SAM-Med2D, 256 pixels",
       .goodFor = "Medical pictures at low resolution, from boxes and points.",
       .licence = kApache,
       .traits = promptable()},
      {.name = "medsam",
       .title = "MedSAM",
       .goodFor = "Medical pictures, from boxes alone.",
       .licence = kApache,
       .traits = promptable(false, false),
       .twinOf = "sam_vit_b"},
      {.name = "sam2.1_hiera_tiny",
       .title = "SAM 2 / 2.1, Hiera tiny",
       .goodFor = "Anything with an outline, in a fraction of ViT-B's time; not trained on radiographs.",
       .licence = kApache,
       .traits = promptable()},
      {.name = "sam2.1_hiera_small",
       .title = "SAM 2 / 2.1, Hiera small",
       .goodFor = "As SAM 2 tiny, a little better and a little slower.",
       .licence = kApache,
       .traits = promptable()},
      {.name = "sam2.1_hiera_base_plus",
       .title = "SAM 2 / 2.1, Hiera base plus",
       .goodFor = "As SAM 2 small, better and slower.",
       .licence = kApache,
       .traits = promptable()},
      {.name = "sam2.1_hiera_large",
       .title = "SAM 2 / 2.1, Hiera large",
       .goodFor = "The best of SAM 2 and its slowest.",
       .licence = kApache,
       .traits = promptable()},
      {.name = "sam_med3d_vit_b_ori",
       .title = "SAM-Med3D (also -turbo, SegAnyPET)",
       .goodFor = "Volumes: organs and lesions in CT and MR (SAM-Med3D), in PET (SegAnyPET), from points.",
       // The three share every tensor: which of them a file is cannot be told.
       .licence = "Apache-2.0 for SAM-Med3D and SAM-Med3D-turbo; for SegAnyPET as its publishers say",
       .traits = {.takesBox = false, .takesPoints = true, .takesMask = true, .learnt = true, .dimensions = 3}},
      {.name = kCropNetwork,
       .title = "a generalist that Roundel trained or adapted",
       .goodFor = "What it was adapted to.",
       .licence = "as its maker says",
       .traits = promptable()},
      {.name = kCubeNetwork,
       .title = "a generalist of volumes that Roundel trained",
       .goodFor = "What it was trained on.",
       .licence = "as its maker says",
       .traits = {.takesMask = true, .learnt = true, .dimensions = 3}},
      {.name = kUnpublishedSam,
       .title = "a Segment Anything network of its own size",
       .goodFor = "What it was trained for.",
       .licence = "as its maker says",
       .traits = promptable()},
  };
  return all;
}

const Architecture& findArchitecture(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& one : architectures()) {
    if (one.name == name) return one;
    names.push_back(one.name);
  }
  const std::string near = nearestName(name, names);
  std::string list;
  for (const auto& known : names) list += (list.empty() ? "" : ", ") + known;
  throw Error(ErrorKind::Usage, "unknown-architecture", "There is no architecture named " + name + ".",
              {.remedy = near.empty() ? "Known: " + list + "." : "Did you mean " + near + "?"});
}

std::vector<ExpectedTensor> neededTensors(const Architecture& architecture, const StateDict& weights) {
  static const auto published = [] {
    std::map<std::string, std::vector<ExpectedTensor>> all;
    for (const auto& one : architectures())
      if (one.name != kUnpublishedSam) all[one.name] = neededByName(one.name);
    return all;
  }();
  if (const auto known = published.find(architecture.name); known != published.end()) return known->second;
  const auto options = samOptionsOf(architecture.name, weights);
  return options ? neededTensors(*options) : std::vector<ExpectedTensor>();
}

const std::vector<PublishedWeights>& publishedWeights() {
  static const std::vector<PublishedWeights> all{
      {"ec2df62732614e57411cdcf32a23ffdf28910380d03139ee0f4fcbe91eb8c912", "sam_vit_b_01ec64", "sam_vit_b"},
      {"3adcc4315b642a4d2101128f611684e8734c41232a17c648ed1693702a49a622", "sam_vit_l_0b3195", "sam_vit_l"},
      {"a7bf3b02f3ebf1267aba913ff637d9a2d5c33d3173bb679e46d9f338c26f262e", "sam_vit_h_4b8939", "sam_vit_h"},
      {"6dbb90523a35330fedd7f1d3dfc66f995213d81b29a5ca8108dbcdd4e37d6c2f", "mobile_sam", "mobile_sam"},
      {"7402e0d864fa82708a20fbd15bc84245c2f26dff0eb43a4b5b93452deb34be69", "sam2.1_hiera_tiny", "sam2.1_hiera_tiny"},
      {"6d1aa6f30de5c92224f8172114de081d104bbd23dd9dc5c58996f0cad5dc4d38", "sam2.1_hiera_small", "sam2.1_hiera_small"},
      {"a2345aede8715ab1d5d31b4a509fb160c5a4af1970f199d9054ccfb746c004c5", "sam2.1_hiera_base_plus", "sam2.1_hiera_base_plus"},
      {"2647878d5dfa5098f2f8649825738a9345572bae2d4350a2468587ece47dd318", "sam2.1_hiera_large", "sam2.1_hiera_large"},
  };
  return all;
}

Recognition recognise(const StateDict& weights) {
  Candidate nearest;
  for (const auto& one : architectures()) {
    Candidate here = compareWith(weights, one, NonFinite::Ignore);
    if (here.fits()) return requireArchitecture(weights, one);
    if (here.agreeing > nearest.agreeing) nearest = std::move(here);
  }
  refuse(weights, nearest);
}

Recognition requireArchitecture(const StateDict& weights, const Architecture& architecture) {
  Candidate here = compareWith(weights, architecture, NonFinite::Find);
  if (!here.fits() || !here.differences.nonFinite.empty()) refuse(weights, here);
  requireReal(weights, neededTensors(architecture, weights));
  return {.architecture = &architecture,
          .unexpected = std::move(here.differences.unexpected),
          .name = nn::sam2Options(architecture.name) ? sam2FileName(architecture.name, weights) : architecture.name};
}

}  // namespace roundel
