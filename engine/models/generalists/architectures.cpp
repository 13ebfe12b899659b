#include "models/generalists/architectures.h"

#include <algorithm>

#include "core/error.h"
#include "core/param_spec.h"
#include "models/generalists/sam_network.h"
#include "weights/strided_tensor.h"

namespace roundel {
namespace {

constexpr const char* kApache = "Apache-2.0";

GeneralistTraits promptable(bool points = true, bool masks = true) {
  return {.takesBox = true, .takesPoints = points, .takesMask = masks, .learnt = true, .dimensions = 2};
}

[[noreturn]] void refuse(const TensorComparison& nearest, const std::string& file) {
  std::string what = "None of its tensors is known.";
  if (nearest.agreeing > 0) {
    const std::size_t more = nearest.wrongShapes.size() + nearest.missing.size() - 1;
    what = "The nearest is " + findArchitecture(nearest.architecture).title + ", but " +
           (nearest.wrongShapes.empty() ? "it lacks " + nearest.missing.front() : nearest.wrongShapes.front()) +
           (more > 0 ? ", and " + std::to_string(more) + " more tensors are missing or have other shapes." : ".");
  }
  throw Error(ErrorKind::BadInput, "unknown-architecture", file + " holds no network that is known here. " + what,
              {.path = file, .remedy = "See what is known with: roundel describe"});
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

TensorShapes neededTensors(const Architecture& architecture, const TensorShapes& found) {
  static const std::map<std::string, TensorShapes> published = [] {
    std::map<std::string, TensorShapes> all;
    for (const auto& one : architectures())
      if (one.name != kUnpublishedSam) all[one.name] = neededTensors(samOptionsOf(one.name, {}).value());
    return all;
  }();
  if (const auto known = published.find(architecture.name); known != published.end()) return known->second;
  const auto options = samOptionsOf(architecture.name, found);
  return options ? neededTensors(*options) : TensorShapes();
}

const std::vector<PublishedWeights>& publishedWeights() {
  static const std::vector<PublishedWeights> all{
      {"ec2df62732614e57411cdcf32a23ffdf28910380d03139ee0f4fcbe91eb8c912", "sam_vit_b_01ec64", "sam_vit_b"},
      {"3adcc4315b642a4d2101128f611684e8734c41232a17c648ed1693702a49a622", "sam_vit_l_0b3195", "sam_vit_l"},
      {"a7bf3b02f3ebf1267aba913ff637d9a2d5c33d3173bb679e46d9f338c26f262e", "sam_vit_h_4b8939", "sam_vit_h"},
      {"6dbb90523a35330fedd7f1d3dfc66f995213d81b29a5ca8108dbcdd4e37d6c2f", "mobile_sam", "mobile_sam"},
  };
  return all;
}

TensorComparison compare(const TensorShapes& found, const Architecture& architecture) {
  TensorComparison result{.architecture = architecture.name};
  const TensorShapes needed = neededTensors(architecture, found);
  for (const auto& [key, shape] : needed) {
    const auto at = found.find(key);
    if (at == found.end()) result.missing.push_back(key);
    else if (at->second != shape)
      result.wrongShapes.push_back(key + " is " + shapeText(at->second) + " where " + shapeText(shape) + " is needed");
    else ++result.agreeing;
  }
  // A size that is read off the tensors explains all of them, or it was read off a damaged file: a block too few, for instance.
  for (const auto& [key, shape] : found)
    if (!needed.contains(key) && architecture.name == kUnpublishedSam) result.wrongShapes.push_back(key + " has no place in it");
    else if (!needed.contains(key)) result.unexpected.push_back(key);
  return result;
}

TensorComparison recognise(const TensorShapes& found, const std::string& file) {
  TensorComparison nearest;
  for (const auto& one : architectures()) {
    TensorComparison here = compare(found, one);
    if (here.fits()) return here;
    if (here.agreeing > nearest.agreeing) nearest = std::move(here);
  }
  refuse(nearest, file);
}

TensorComparison requireFit(const TensorShapes& found, const Architecture& architecture, const std::string& file) {
  TensorComparison here = compare(found, architecture);
  if (!here.fits()) refuse(here, file);
  return here;
}

}  // namespace roundel
