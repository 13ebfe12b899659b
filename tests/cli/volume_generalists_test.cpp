// Generalists in studies of volumes: those that look at slices and those that look at volumes, alone and together, while a specialist
// learns and when it predicts. The network for volumes is a small one with drawn weights: its answers mean nothing, its ways through the
// program are the real ones.
#include <algorithm>

#include "cli/studies.h"
#include "imaging/image_source.h"
#include "support/tiny_sam_3d.h"

namespace roundel::test {
namespace {

class VolumeGeneralists : public testing::Test {
 protected:
  VolumeGeneralists() {
    ::setenv("ROUNDEL_MODELS", (m_folder / "models").c_str(), 1);
    const fs::path model = m_folder / "models/tiny3d";
    fs::create_directories(model);
    writeTinySam3d(model / "weights.safetensors");
    writeText(model / "model.json", Json{{"schema", "roundel.model/1"},
                                         {"architecture", "sam_med3d_vit_b_ori"},
                                         {"recognised", nullptr},
                                         {"sha256", "drawn"},
                                         {"bytes", fs::file_size(model / "weights.safetensors")},
                                         {"file", "weights.safetensors"}}
                                        .dump());
    resultOf({"phantom", "volume", m_folder / "raw", "--cases", "6", "--width", "32", "--height", "28", "--depth", "20", "--seed", "3"});
    m_study = m_folder / "study";
    resultOf({"project", "new", m_study});
    resultOf({"import", m_study, m_folder / "raw"});
    resultOf({"split", m_study, "--labelled", "2", "--unlabelled", "2", "--validation", "1", "--test", "1", "--seed", "1"});
  }
  ~VolumeGeneralists() override { ::unsetenv("ROUNDEL_MODELS"); }

  Json run(std::vector<std::string> more) const {
    std::vector<std::string> arguments{"run", m_study, "--control", "none", "--seed", "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    for (const char* value : {"width=4", "patch=16,16,16", "uncertainty_passes=2", "generalist_slices=2", "generalist_warmup=0",
                              "generalist_every=2", "stability_prompts=0", "validate_every=1000", "learning_rate=0.01", "folds=0"})
      arguments.insert(arguments.end(), {"--set", value});
    return resultOf(arguments);
  }

  TempFolder m_folder;
  std::string m_study;
};

/// The numbers that a training's events say under a name.
std::vector<double> saidOf(const std::string& events, const std::string& name) {
  std::vector<double> found;
  std::istringstream lines(textOf(events));
  for (std::string line; std::getline(lines, line);)
    if (const Json event = Json::parse(line); event.value("type", "") == "metric" && event["values"].contains(name))
      found.push_back(event["values"][name]);
  return found;
}

TEST_F(VolumeGeneralists, TeachASpecialistByName) {
  const Json both = run({"--strategy", "semisam-plus", "--rounds", "1", "--generalist", "tiny3d", "--generalist", "random-walker", "--set",
                         "steps=30", "--set", "round_steps=11"});
  EXPECT_EQ(both["state"], "finished");
  const auto prompts = saidOf(m_study + "/runs/r0001/events.jsonl", "generalist_prompts");
  EXPECT_TRUE(std::any_of(prompts.begin(), prompts.end(), [](double asked) { return asked > 0; })) << "somebody was asked";
  const Json slices =
      run({"--strategy", "semisam-plus", "--rounds", "1", "--generalist", "random-walker", "--set", "steps=30", "--set", "round_steps=11"});
  EXPECT_NE(both["weights_sha256"], slices["weights_sha256"]) << "what looks at the volume has its say";
}

TEST_F(VolumeGeneralists, BringTheFeaturesOfO1) {
  const std::vector<std::string> asked{"--strategy", "semisam-o1", "--rounds", "2", "--generalist", "tiny3d", "--set", "steps=4"};
  EXPECT_EQ(run(asked)["state"], "finished");
  std::int64_t kept = 0;
  for (const auto& entry : fs::recursive_directory_iterator(m_study + "/embeddings")) kept += entry.path().extension() == ".safetensors";
  EXPECT_EQ(kept, 4) << "the features of the labelled and the unlabelled volumes are looked at once";
}

TEST_F(VolumeGeneralists, RefinePredictionsOfVolumes) {
  run({"--strategy", "supervised", "--rounds", "1", "--set", "steps=40"});
  const std::string image = fs::directory_iterator(m_folder.path() / "raw/images")->path().string();
  DecodeClient client({.command = {ROUNDEL_PROGRAM, "decode", "--worker"}});
  const auto predicted = [&](const std::string& refine) {
    std::vector<std::string> arguments{"predict", "--model", m_study + "/runs/r0001", image, "--out", m_folder / ("out-" + refine)};
    if (!refine.empty()) arguments.insert(arguments.end(), {"--refine", refine});
    const DecodedImage map = loadLabelMap(client, resultOf(arguments)["images"][0]["labels"].get<std::string>());
    return std::visit([](const auto& values) { return std::vector<int>(values.begin(), values.end()); }, map.image.values);
  };
  const auto plain = predicted(""), walked = predicted("random-walker"), whole = predicted("tiny3d");
  ASSERT_TRUE(std::any_of(plain.begin(), plain.end(), [](int v) { return v != 0; })) << "there is something to refine";
  EXPECT_EQ(walked.size(), plain.size());
  EXPECT_NE(walked, plain);
  EXPECT_NE(whole, plain);
  EXPECT_NE(whole, walked);
}

TEST_F(VolumeGeneralists, RefinePseudoLabelsOfAKind) {
  EXPECT_EQ(run({"--strategy", "sam-carries-the-burden", "--rounds", "1", "--generalist", "tiny3d", "--set", "steps=6"})["state"],
            "finished");
  errorOf({"run", m_study, "--strategy", "sam-carries-the-burden", "--rounds", "1", "--generalist", "tiny3d", "--generalist",
           "random-walker", "--set", "steps=2", "--set", "width=4", "--set", "patch=16,16,16"},
          2, "mixed-generalists");
}

}  // namespace
}  // namespace roundel::test
