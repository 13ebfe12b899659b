#include "cli/studies.h"
#include "weights/safetensors.h"

namespace roundel::test {
namespace {

TEST(Prepare, WritesImagesLabelsAndSplitsAsTensors) {
  const TempFolder folder;
  const std::string study = makeStudy(folder), before = fingerprint(study);
  const Json result = resultOf({"prepare", study, "--out", folder / "study.safetensors", "--set", "size=64"});
  EXPECT_EQ(result["cases"], 14);
  EXPECT_EQ(result["splits"], Json({{"labelled", 4}, {"unlabelled", 4}, {"validation", 2}, {"test", 4}}));
  EXPECT_EQ(fingerprint(study), before);
  const SafetensorsFile file = SafetensorsFile::open(folder / "study.safetensors");
  EXPECT_EQ(file.tensor("images").shape, (std::vector<std::int64_t>{14, 32, 64}));
  EXPECT_EQ(file.tensor("labels").shape, (std::vector<std::int64_t>{14, 3, 32, 64}));
  EXPECT_EQ(file.tensor("states").shape, (std::vector<std::int64_t>{14, 3}));
  EXPECT_EQ(file.tensor("splits").shape, (std::vector<std::int64_t>{14}));
  const Json header = Json::parse(file.metadata()["study"].get<std::string>());
  EXPECT_EQ(header["schema"], "roundel.prepared-study/1");
  EXPECT_EQ(header["cases"].size(), 14U);
  EXPECT_EQ(header["classes"].size(), 3U);
  float least = 1, most = 0;
  for (const float value : file.floats("images")) {
    least = std::min(least, value);
    most = std::max(most, value);
  }
  EXPECT_GE(least, 0);
  EXPECT_LE(most, 1);
  EXPECT_GT(most - least, 0.3F);
  std::size_t labelled = 0;
  for (const std::byte value : file.tensor("labels").bytes) labelled += value == std::byte{1};
  EXPECT_GT(labelled, 100U);
}

TEST(Prepare, TrainingOnTheFileIsTrainingOnTheStudy) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  resultOf({"prepare", study, "--out", folder / "study.safetensors", "--set", "size=64"});
  const auto train = [&](const std::string& from, const std::string& out, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"train", from, "--seed", "3", "--set", "width=4", "--set", "steps=6", "--out", out};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return resultOf(arguments)["weights_sha256"];
  };
  const Json fromStudy = train(study, folder / "a", {"--set", "size=64"});
  EXPECT_EQ(train(folder / "study.safetensors", folder / "b"), fromStudy);
  EXPECT_EQ(resultOf({"predict", "--model", folder / "b", folder / "phantoms/images", "--out", folder / "predicted"})["images"].is_null(),
            false);
}

TEST(Prepare, ADamagedOrForeignFileIsRefused) {
  const TempFolder folder;
  const std::string study = makeStudy(folder), prepared = folder / "study.safetensors";
  resultOf({"prepare", study, "--out", prepared, "--set", "size=64"});
  const std::string whole = textOf(prepared);
  const auto refused = [&](const std::string& bytes) {
    writeText(folder / "bad.safetensors", bytes);
    errorOf({"train", folder / "bad.safetensors", "--out", folder / "model"}, 3);
    EXPECT_FALSE(fs::exists(folder / "model/model.safetensors"));
  };
  refused("");
  refused("not a study");
  refused(whole.substr(0, whole.size() / 2));
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string changed = whole;
    const auto at = changed.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? changed : changed.replace(at, from.size(), to);
  };
  refused(replaced("roundel.prepared-study/1", "roundel.somethingelse/1"));
  refused(replaced("\\\"width\\\":64", "\\\"width\\\":46"));
  refused(replaced("\\\"split\\\":\\\"labelled\\\"", "\\\"split\\\":\\\"lobelled\\\""));
  writeText(folder / "newer.safetensors", replaced("roundel.prepared-study/1", "roundel.prepared-study/3"));
  errorOf({"train", folder / "newer.safetensors", "--out", folder / "model"}, 4, "schema-newer");
}

TEST(Prepare, NeedsASplit) {
  const TempFolder folder;
  resultOf({"project", "new", folder / "study"});
  errorOf({"prepare", folder / "study", "--out", folder / "x.safetensors"}, 3);
  EXPECT_FALSE(fs::exists(folder / "x.safetensors"));
}

}  // namespace
}  // namespace roundel::test
