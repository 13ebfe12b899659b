// Golden tensors "pre.*" and "post.*": pictures on their way into the encoder, masks on their way back.
#include <algorithm>

#include "golden/sam_cases.h"
#include "models/generalists/sam_preprocessing.h"

namespace roundel::golden {
namespace {

/// Numbers of "…HxW" at the end of a name, and what stands before them: "gray2304x1100" is gray, 2304, 1100.
struct NamedSize {
  std::string before;
  int height = 0, width = 0;
};

NamedSize namedSize(const std::string& name) {
  const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
  const std::size_t times = name.rfind('x');
  std::size_t start = times;
  while (start > 0 && isDigit(name[start - 1])) --start;
  return {name.substr(0, start), std::stoi(name.substr(start, times - start)), std::stoi(name.substr(times + 1))};
}

/// The 8-bit picture that the formula makes for a label such as "700x1000" or "gray2304x1100".
ByteImage formulaPicture(const Case& test, const std::string& label) {
  const NamedSize size = namedSize(label);
  std::string key = test.description.at("image_u8_key");
  const std::string shown = (size.before.empty() ? "" : size.before + "_") + std::to_string(size.height) + "x" + std::to_string(size.width);
  key.replace(key.find("HxW"), 3, shown);
  const std::uint64_t hash = fnv1a(key);
  ByteImage image{size.width, size.height, size.before.empty() ? 3 : 1, {}};
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) {
      const int b = 160 * x / (size.width - 1) + 64 * y / (size.height - 1), b2 = 64 * x / (size.width - 1) + 160 * y / (size.height - 1);
      const int channels[3] = {b, 224 - b, b2};
      for (int c = 0; c < image.channels; ++c)
        image.values.push_back(static_cast<std::uint8_t>(channels[c] + static_cast<int>(32 * uniform(hash, image.values.size()))));
    }
  return image;
}

ByteImage inThree(const ByteImage& grey) {
  ByteImage image{grey.width, grey.height, 3, {}};
  for (const auto value : grey.values) image.values.insert(image.values.end(), 3, value);
  return image;
}

ByteImage firstChannel(const ByteImage& image) {
  ByteImage grey{image.width, image.height, 1, {}};
  for (std::size_t i = 0; i < image.values.size(); i += static_cast<std::size_t>(image.channels)) grey.values.push_back(image.values[i]);
  return grey;
}

/// At most one grey level off, on at most that share of the pixels.
int expectBytes(const Case& test, const std::string& name, const ByteImage& image, double share) {
  if (!holds(test.file, name)) return 0;
  const Reference expected = reference(test.file, name);
  std::int64_t count = 1;
  for (const auto size : expected.shape) count *= size;
  EXPECT_EQ(count, static_cast<std::int64_t>(image.values.size())) << name;
  EXPECT_EQ(expected.shape.at(0), image.height) << name;
  if (count != static_cast<std::int64_t>(image.values.size())) return 1;
  double largest = 0, off = 0;
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    const double difference = std::abs(expected.values[i] - image.values[static_cast<std::size_t>(expected.indices[i])]);
    largest = std::max(largest, difference);
    off += difference > 0 ? 1 : 0;
  }
  off /= static_cast<double>(expected.values.size());
  if (std::getenv("ROUNDEL_SHOW") != nullptr)
    std::cout << test.name << " " << name << ": at most " << largest << " off, on " << 100 * off << " %\n";
  EXPECT_LE(largest, share > 0 ? 1 : 0) << test.name << " " << name;
  EXPECT_LE(off, share) << test.name << " " << name;
  return 1;
}

std::set<std::string> picturesOf(const Case& test) {
  std::set<std::string> labels;
  for (const auto& [name, tensor] : test.file.tensors())
    if (name.starts_with("pre.")) labels.insert(name.substr(4, name.find('.', 4) - 4));
  return labels;
}

Tensor placed(const Tensor& xy, const SamPlacement& placement) {
  Tensor out = xy.to(torch::kDouble).reshape({-1, 2}).clone();
  for (std::int64_t i = 0; i < out.size(0); ++i) {
    out[i][0] = placement.frameX(out[i][0].item<double>());
    out[i][1] = placement.frameY(out[i][1].item<double>());
  }
  return out.view(xy.sizes());
}

int checkPicture(const Case& test, const std::string& label, const SamPreprocessing& preprocessing) {
  const std::string name = "pre." + label + ".";
  const NamedSize size = namedSize(label);
  const SamPlacement placement = samPlacement(size.width, size.height, preprocessing);
  int compared = 0;
  if (test.description.contains("image_u8_key")) {
    const ByteImage picture = formulaPicture(test, label);
    compared += expectBytes(test, name + "image_u8", picture, 0);
    compared +=
        expectBytes(test, name + "resized_u8", samResized(picture.channels == 1 ? inThree(picture) : picture, placement, preprocessing), 0);
    compared += expectClose(test, name + "preprocessed", samInput(picture, placement, preprocessing), {.maxOverRms = 1e-6});
  }
  compared += expectClose(test, name + "input_size", torch::tensor({placement.height, placement.width}), {.maxOverRms = 0});
  for (const std::string what : {"coords", "boxes"})
    if (holds(test.file, name + what + "_in"))
      compared += expectClose(test, name + what + "_out", placed(inputOf(test, name + what + "_in"), placement), {.maxOverRms = 1e-6});
  return compared;
}

/// MedSAM's two ways.
int checkMedPicture(const Case& test, const std::string& label) {
  ByteImage picture = formulaPicture(test, label);
  for (auto& value : picture.values) value = static_cast<std::uint8_t>(value / 2 + 20);
  int compared = expectBytes(test, "pre." + label + ".image_u8", picture, 0);
  for (const auto& [way, normalisation] : {std::pair{std::string("skimage"), SamNormalisation::MinMaxSkimage},
                                           std::pair{std::string("opencv_gray"), SamNormalisation::MinMaxOpenCv}}) {
    const std::string name = "pre." + label + "." + way + ".";
    if (!holds(test.file, name + "resized_u8") && !holds(test.file, name + "normalised")) continue;
    SamPreprocessing preprocessing = samPreprocessing("medsam");
    preprocessing.normalisation = normalisation;
    const ByteImage from = way == "skimage" ? picture : firstChannel(picture);
    const SamPlacement placement = samPlacement(from.width, from.height, preprocessing);
    const ByteImage resized = samResized(from, placement, preprocessing);
    const auto [lowest, highest] = std::ranges::minmax(resized.values);
    compared += expectBytes(test, name + "resized_u8", resized, 0.01);
    compared += expectClose(test, name + "min_max", torch::tensor({int{lowest}, int{highest}}), {.absolute = 1});
    // One grey level of the resized picture.
    compared += expectClose(test, name + "normalised", samInput(from, placement, preprocessing),
                            {.relativeL2 = 5e-4, .absolute = 1.01 / (highest - lowest)});
  }
  return compared;
}

}  // namespace

int checkPreprocessing(SamCase& sam) {
  const Case& test = sam.test();
  int compared = 0;
  for (const auto& label : picturesOf(test))
    compared += test.description.at("kind") == "medsam" ? checkMedPicture(test, label)
                                                        : checkPicture(test, label, samPreprocessing(test.description.at("network")));
  return compared;
}

int checkPostprocessing(SamCase& sam) {
  const Case& test = sam.test();
  SamPreprocessing preprocessing = samPreprocessing(test.description.at("network"));
  preprocessing.side = sam.network().imageSize();
  // The cases resize whatever the size, as SAM-Med2D's predictor class does.
  if (preprocessing.framing == SamFraming::Centred) preprocessing.framing = SamFraming::Stretched;
  int compared = 0;
  std::map<std::string, std::vector<Tensor>> shown;  // stability scores by group
  for (const auto& [stored, tensor] : test.file.tensors()) {
    const std::string name = stored.substr(0, stored.find('@'));
    const std::size_t end = name.find(".mask_logits_");
    if (!name.starts_with("post.") || end == std::string::npos || (stored != name && !stored.ends_with("@values"))) continue;
    const std::string path = name.substr(5, end - 5), group = path.substr(0, path.find('.'));
    const auto choice = path.ends_with(".multi") ? nn::MaskChoice::Multi : nn::MaskChoice::Single;
    const NamedSize size = namedSize(name);
    const Tensor logits = samMaskLogits(sam.decoded(group, choice).logits, samPlacement(size.width, size.height, preprocessing));
    compared += expectClose(test, name, logits, kSamUpsampled);
    shown["post." + path + ".stability"].push_back(stabilityScore(logits));
  }
  // The score is that of one of the sizes; which, the case does not say.
  for (const auto& [name, scores] : shown) {
    if (!holds(test.file, name)) continue;
    const double expected = reference(test.file, name).values.at(0);
    double nearest = 1e30;
    for (const auto& score : scores) nearest = std::min(nearest, std::abs(score.flatten()[0].item<double>() - expected));
    EXPECT_LE(nearest, 5e-4) << test.name << " " << name;
    ++compared;
  }
  return compared;
}

int checkMedSam(SamCase& sam) {
  const Case& test = sam.test();
  int compared = 0;
  for (const auto& [stored, tensor] : test.file.tensors()) {
    const std::string name = stored.substr(0, stored.find('@'));
    if (!name.starts_with("probability_") || (stored != name && !stored.ends_with("@values"))) continue;
    const NamedSize size = namedSize(name);
    const SamPlacement placement = samPlacement(size.width, size.height, samPreprocessing("medsam"));
    const Tensor box = placed(inputOf(test, "in.box_original"), placement).to(torch::kFloat);
    compared += expectClose(test, "in.box_1024", box, {.maxOverRms = 1e-6});
    const auto masks = sam.network().segment(sam.network().prepare(sam.embedding()), nn::promptPoints({}, {}, box), nn::MaskChoice::Single);
    compared += expectClose(test, "low_res", masks.logits, kSamLogits);
    const Tensor probability = medSamProbabilities(masks.logits, placement);
    compared += expectClose(test, name, probability, kSamUpsampled);
    // Pixels on the threshold may fall to either side.
    const auto area = probability.gt(0.5).sum();
    if (holds(test.file, "mask_area")) {
      const double expected = reference(test.file, "mask_area").values.at(0);
      EXPECT_NEAR(area.item<double>(), expected, 1e-5 * static_cast<double>(probability.numel())) << test.name;
      ++compared;
    }
  }
  return compared;
}

}  // namespace roundel::golden
