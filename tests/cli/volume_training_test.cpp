#include "cli/studies.h"
#include "imaging/image_source.h"

namespace roundel::test {
namespace {

/// The thin way through: phantom volumes, a study, a prepared file, a training, a prediction on the grid of a file that nobody prepared.
TEST(VolumeTraining, FromPhantomsToMasksOnTheOriginalGrid) {
  const TempFolder folder;
  resultOf({"phantom", "volume", folder / "raw", "--cases", "4", "--width", "40", "--height", "36", "--depth", "24"});
  const std::string study = folder / "study";
  resultOf({"project", "new", study});
  resultOf({"import", study, folder / "raw/images", "--labels", folder / "raw/labels", "--format", "masks"});
  resultOf({"split", study, "--labelled", "1", "--unlabelled", "1", "--validation", "1", "--test", "1", "--seed", "1"});
  const std::string prepared = folder / "study.safetensors";
  resultOf({"prepare", study, "--out", prepared});
  for (const std::string strategy : {"supervised", "ua-mt"}) {
    const Json trained = resultOf({"train", prepared, "--strategy", strategy, "--set", "width=4", "--set", "steps=3", "--set",
                                   "patch=32,32,16", "--set", "uncertainty_passes=2", "--out", folder / strategy});
    EXPECT_EQ(trained["steps"], 3);
    EXPECT_TRUE(trained["validation_dice"].is_number());
    const std::string image = fs::directory_iterator(folder.path() / "raw/images")->path().string();
    const Json predicted = resultOf({"predict", "--model", folder / strategy, image, "--out", folder / (strategy + " predicted")});
    DecodeClient client({.command = {ROUNDEL_PROGRAM, "decode", "--worker"}});
    const DecodedImage labels = loadLabelMap(client, predicted["images"][0]["labels"].get<std::string>());
    EXPECT_EQ(labels.image.geometry, loadImage(client, {.files = {image}}).image.geometry);
  }
  EXPECT_EQ(errorOf({"train", prepared, "--specialist", "unet2d", "--out", folder / "flat"}, 2)["code"], "wrong-specialist");
  EXPECT_EQ(errorOf({"train", prepared, "--set", "precision=bfloat16", "--out", folder / "half"}, 2)["code"], "bad-parameter");
  EXPECT_EQ(errorOf({"train", prepared, "--set", "patch=30,1", "--out", folder / "odd"}, 2)["code"], "bad-parameter");
}

}  // namespace
}  // namespace roundel::test
