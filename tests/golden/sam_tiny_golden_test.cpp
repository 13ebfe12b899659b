// The tiny network of the folder of checkpoints: windows that do not divide the grid, heads of one channel, options read from shapes.
#include "golden/sam_cases.h"

namespace roundel {
namespace {

using golden::Tolerance;
using torch::Tensor;

TEST(SamTinyGolden, AgreesWithThePublishedCode) {
  const torch::InferenceMode guard;
  const auto folder = golden::folder() / "checkpoints";
  if (!std::filesystem::exists(folder / "tiny_sam_golden.safetensors")) GTEST_SKIP() << "no tiny network in " << folder;
  std::vector<nn::ParameterShape> shapes;
  const Json keys = readJson(folder / "tiny_sam_keys.json");
  for (const auto& [key, shape] : keys.items()) shapes.push_back({key, shape.get<std::vector<std::int64_t>>()});
  const auto options = nn::samOptions(shapes);
  ASSERT_TRUE(options.has_value());
  golden::FormulaSource source;
  const nn::Sam sam(source, *options);
  const golden::Case test{"tiny_sam", Json::object(), SafetensorsFile::open(folder / "tiny_sam_golden.safetensors")};
  const Tensor image = golden::inputOf(test, "image");
  ASSERT_TRUE(image.defined());
  const Tensor embedding = sam.embed(image);
  EXPECT_TRUE(golden::expectClose(test, "image_embedding", embedding, golden::kSamEncoder));
  EXPECT_TRUE(golden::expectClose(test, "dense_pe", sam.promptEncoder().gridPositions(), golden::kSamPrompt));
  using enum nn::PointLabel;
  const std::vector<nn::FramePrompt> prompts{{.points = {{20, 30, Positive}, {50.5, 10.25, Negative}}},
                                             {.box = nn::FrameBox{8, 12.5, 40.25, 60}}};
  // Both in one batch, though of three and two tokens.
  const auto masks = sam.segment(sam.prepare(embedding), nn::promptPoints(prompts), nn::MaskChoice::Multi);
  for (const auto& [name, row] : {std::pair{std::string("points"), 0}, std::pair{std::string("box"), 1}}) {
    EXPECT_TRUE(golden::expectClose(test, name + ".low_res", masks.logits.narrow(0, row, 1), golden::kSamLogits));
    EXPECT_TRUE(golden::expectClose(test, name + ".iou", masks.iou.narrow(0, row, 1), golden::kSamIou));
  }
}

}  // namespace
}  // namespace roundel
