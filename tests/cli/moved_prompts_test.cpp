#include <algorithm>

#include "cli/serve_client.h"
#include "cli/studies.h"
#include "core/mask.h"

// A person moves a prompt that a run made: `refine` of the protocol, and what becomes of it in the run.
namespace roundel::test {
namespace {

struct Refined {
  std::string caseName;
  std::size_t classIndex = 0;
  Json label;  ///< as the gate wrote it
  fs::path file;
};

/// Every class of every case of round 1 whose mask is the generalist's answer.
std::vector<Refined> refinedOf(const std::string& study) {
  std::vector<Refined> found;
  for (const auto& entry : fs::directory_iterator(study + "/runs/r0001/round-1/gate")) {
    if (!entry.path().filename().string().starts_with("case-")) continue;
    const Json json = jsonOf(entry.path());
    for (std::size_t c = 0; c < json["classes"].size(); ++c)
      if (json["classes"][c]["origin"] == "refined") found.push_back({json["case"], c, json["classes"][c], entry.path()});
  }
  return found;
}

Json requestFor(const std::string& study, const Refined& one, const std::string& className, int id) {
  return {{"id", id}, {"type", "refine"}, {"project", study}, {"run", "r0001"}, {"round", 1}, {"case", one.caseName}, {"class", className}};
}

std::vector<std::string> classesOf(const std::string& study) {
  std::vector<std::string> names;
  const Json plan = jsonOf(study + "/runs/r0001/plan.json");
  for (const auto& one : plan["classes"]) names.push_back(one["name"]);
  return names;
}

TEST(MovedPrompts, UnmovedGiveWhatTheRunGotAndMovedSomethingElse) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder);
  const auto classes = classesOf(study);
  const auto refined = refinedOf(study);
  ASSERT_FALSE(refined.empty()) << "the generalist refined nothing in this study";
  ServeClient client(folder);
  int id = 1, others = 0;
  for (const auto& one : refined) {
    const Json answer = client.resultOf(requestFor(study, one, classes[one.classIndex], id++));
    EXPECT_EQ(answer["mask"], one.label["mask"]) << one.caseName;
    EXPECT_EQ(answer["prompts"], one.label["prompts"]) << one.caseName;
    EXPECT_EQ(answer["agreement"], one.label["agreement"]) << one.caseName;
    // A box over the upper left quarter of the mask, and a point inside in its middle.
    const PixelBox box = maskFromJson(one.label["mask"]).bounds();
    Json moved = requestFor(study, one, classes[one.classIndex], id++);
    const std::int64_t right = std::max(box.x0 + 2, (box.x0 + box.x1) / 2), low = std::max(box.y0 + 2, (box.y0 + box.y1) / 2);
    moved["boxes"] = {{box.x0, box.y0, right, low}};
    moved["points"] = {{{"x", (box.x0 + right) / 2}, {"y", (box.y0 + low) / 2}, {"positive", true}}};
    others += client.resultOf(moved)["mask"] != one.label["mask"];
  }
  EXPECT_GT(others, 0) << "no answer changed";
}

TEST(MovedPrompts, WhatCannotBeAskedIsRefused) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder);
  const auto refined = refinedOf(study);
  ASSERT_FALSE(refined.empty());
  ServeClient client(folder);
  auto codeOf = [&, id = 100](const char* key, const Json& value) mutable {
    Json request = requestFor(study, refined.front(), classesOf(study).front(), id);
    request[key] = value;
    client.send(request);
    return client.answerTo(id++)["error"].value("code", std::string());
  };
  EXPECT_EQ(codeOf("run", "r0042"), "unknown-run");
  EXPECT_EQ(codeOf("run", "../r0001"), "unknown-run");
  EXPECT_EQ(codeOf("case", "nobody"), "unknown-case");
  EXPECT_EQ(codeOf("round", 2), "no-predictions");
  EXPECT_EQ(codeOf("class", "no such class"), "bad-field");
  EXPECT_EQ(codeOf("boxes", {{1, 1, 1, 1}}), "bad-prompt");
}

TEST(MovedPrompts, AcceptedOnesAreWhatTheNextRoundLearnsFrom) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder);
  const auto refined = refinedOf(study);
  ASSERT_FALSE(refined.empty());
  const Refined& one = refined.front();
  const std::string className = classesOf(study)[one.classIndex];
  const Mask before = maskFromJson(one.label["mask"]);
  const Mask moved(before.size(), std::vector<Mask::Run>{{5, 3}, {70, 4}});
  const auto decide = [&](const Mask& mask) {
    writeText(folder / "said.json", Json::array({{{"case", one.caseName},
                                                  {"class", className},
                                                  {"decision", "accept"},
                                                  {"label", {{"mask", toJson(mask)}, {"prompts", one.label["prompts"]}}}}})
                                        .dump());
    return std::vector<std::string>{"decisions", study, "--run", "r0001", "--set", folder / "said.json"};
  };
  errorOf(decide(Mask({3, 3, 1})), 3, "bad-decisions");
  EXPECT_EQ(resultOf(decide(moved))["decisions"][0]["label"]["mask"], toJson(moved));
  const std::string weights = jsonOf(study + "/runs/r0001/run.json")["weights_sha256"];
  resultOf({"run", study, "--resume", "r0001"});
  const Json label = jsonOf(one.file)["classes"][one.classIndex];
  EXPECT_EQ(label["mask"], toJson(moved));
  EXPECT_EQ(label["origin"], "moved");
  EXPECT_EQ(label["verdict"], "accept");
  EXPECT_TRUE(label["decided_by_person"]);
  EXPECT_TRUE(label["estimated_dice"].is_null()) << "that was an estimate of another mask";
  EXPECT_NE(jsonOf(study + "/runs/r0001/run.json")["weights_sha256"], weights);
  EXPECT_TRUE(resultOf({"verify", study}).value("sound", true));
}

}  // namespace
}  // namespace roundel::test
