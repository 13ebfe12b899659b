#include "cli/serve_client.h"
#include "cli/studies.h"
#include "imaging/image_source.h"
#include "support/tiny_sam_3d.h"

// A generalist for volumes, from a point to a label map. The network is a small one with drawn weights: its answers mean nothing, its
// ways through the program are the real ones.

namespace roundel::test {
namespace {

class Volumes : public testing::Test {
 protected:
  Volumes() {
    ::setenv("ROUNDEL_MODELS", (m_folder / "models").c_str(), 1);
    // Too small for `models add`, which knows the published sizes.
    const fs::path model = m_folder / "models/tiny3d";
    fs::create_directories(model);
    writeTinySam3d(model / "weights.safetensors");
    const Json description = {{"schema", "roundel.model/1"},
                              {"architecture", "sam_med3d_vit_b_ori"},
                              {"recognised", nullptr},
                              {"sha256", "drawn"},
                              {"bytes", fs::file_size(model / "weights.safetensors")},
                              {"file", "weights.safetensors"}};
    writeText(model / "model.json", description.dump());
  }
  ~Volumes() override { ::unsetenv("ROUNDEL_MODELS"); }

  std::vector<std::string> segment(const std::string& image, std::vector<std::string> more) const {
    std::vector<std::string> arguments{"segment", "--generalist", "tiny3d", "--image", image, "--set", "precision=float32"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  TempFolder m_folder;
};

TEST_F(Volumes, ArePromptedWithPointsAndAnsweredWithALabelMap) {
  resultOf({"phantom", "volume", m_folder / "phantoms", "--cases", "1", "--width", "40", "--height", "36", "--depth", "20"});
  const std::string image = fs::directory_iterator(m_folder.path() / "phantoms/images")->path().string();
  const auto asked = segment(image, {"--point", "18,20,9,+", "--point", "3,3,9,-", "--out", m_folder / "mask"});
  const Json result = resultOf(asked);
  EXPECT_EQ(result["depth"], 20);
  ASSERT_EQ(result["masks"].size(), 1U);
  const Json mask = result["masks"][0];
  EXPECT_EQ(mask["prompt"]["points"][0]["z"], 9);
  EXPECT_EQ(mask["file"], m_folder / "mask.nii.gz");
  EXPECT_EQ(result, resultOf(asked)) << "the same question has the same answer";

  DecodeClient client({.command = {ROUNDEL_PROGRAM, "decode", "--worker"}});
  const DecodedImage labels = loadLabelMap(client, m_folder / "mask.nii.gz");
  const LoadedImage volume = loadImage(client, {.files = {image}});
  EXPECT_EQ(labels.image.geometry.size, volume.image.geometry.size);
  EXPECT_EQ(labels.image.geometry.direction, volume.image.geometry.direction);
  std::int64_t area = 0;
  for (const std::uint8_t value : std::get<std::vector<std::uint8_t>>(labels.image.values)) area += value;
  EXPECT_EQ(mask["area"], area);
  EXPECT_EQ(mask["slices"].is_array(), area > 0);

  errorOf(segment(image, {"--point", "18,20,+"}), 2, "bad-prompt");
  errorOf(segment(image, {"--point", "18,20,20,+"}), 3, "bad-prompt");
  errorOf(segment(image, {"--box", "3,3,20,20"}), 3, "bad-prompt");
  errorOf(segment(image, {"--point", "18,20,9,+", "--out", m_folder / "mask.png"}), 2, "bad-format");
  errorOf({"segment", "--generalist", "random-walker", "--image", image, "--point", "18,20,9,+"}, 2, "bad-prompt");
  errorOf({"segment", "--generalist", "random-walker", "--image", image, "--point", "18,20,+"}, 3);
}

TEST_F(Volumes, AreNothingForStudiesOfPictures) {
  const std::string study = makeStudy(m_folder);
  const std::string picture = fs::directory_iterator(m_folder.path() / "phantoms/images")->path().string();
  errorOf(segment(picture, {"--point", "18,20,0,+"}), 3, "not-3d");
  errorOf(tinyRun({"run", study, "--strategy", "sam-carries-the-burden", "--generalist", "tiny3d", "--rounds", "1"}), 2, "not-2d");
  errorOf({"bakeoff", study, "--generalist", "tiny3d", "--cases", "1"}, 2, "not-2d");
  errorOf({"embed", study, "--generalist", "tiny3d"}, 2, "not-2d");
  const Json others = resultOf({"bakeoff", study, "--cases", "1"});
  for (const auto& one : others["generalists"]) EXPECT_NE(one["generalist"], "tiny3d");
  ServeClient serve(m_folder);
  serve.send({{"id", 1}, {"type", "open"}, {"image", picture}, {"generalist", "tiny3d"}});
  const Json refused = serve.answerTo(1);
  EXPECT_EQ(refused["type"], "error");
  EXPECT_EQ(refused["error"]["code"], "not-2d") << refused;
}

}  // namespace
}  // namespace roundel::test
