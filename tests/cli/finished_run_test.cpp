#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "cli/studies.h"

namespace roundel::test {
namespace {

const std::set<std::string> kMetrics{
    "dice", "iou", "hd95", "assd", "estimated_dice", "agreement", "entropy", "stability", "pseudo_label_dice"};

void expectHash(const Json& value) {
  ASSERT_TRUE(value.is_string()) << value;
  EXPECT_EQ(value.get<std::string>().size(), 64U) << value;
}

void expectScore(const Json& score) {
  for (const char* key : {"case", "class", "split", "arm", "metric", "value", "unit", "estimated"})
    EXPECT_TRUE(score.contains(key)) << score.dump();
  EXPECT_TRUE(score["arm"] == "strategy" || score["arm"] == "control") << score.dump();
  static const std::set<std::string> kSplits{"labelled", "unlabelled", "validation", "test"};
  EXPECT_TRUE(kSplits.contains(score["split"])) << score.dump();
  std::string metric = score["metric"];
  if (metric.ends_with("_refined")) metric.resize(metric.size() - 8);
  EXPECT_TRUE(kMetrics.contains(metric)) << score.dump();
  EXPECT_TRUE(score["value"].is_number() || score["value"].is_null()) << score.dump();
  EXPECT_TRUE(score["estimated"].is_boolean());
  if (metric == "dice" || metric == "estimated_dice")
    if (score["value"].is_number()) {
      EXPECT_GE(score["value"].get<double>(), 0) << score.dump();
      EXPECT_LE(score["value"].get<double>(), 1) << score.dump();
    }
}

TEST(FinishedRun, RunJsonHasTheDocumentedShape) {
  const TempFolder folder;
  const Json run = jsonOf(finishedStudy(folder) + "/runs/r0001/run.json");
  EXPECT_EQ(run["id"], "r0001");
  EXPECT_EQ(run["state"], "finished");
  EXPECT_EQ(run["strategy"], "sam-carries-the-burden");
  EXPECT_EQ(run["seed"], 1);
  expectHash(run["plan_sha256"]);
  expectHash(run["weights_sha256"]);
  EXPECT_TRUE(run["environment"].is_object());
  EXPECT_GE(run["environment"].size(), 3U);
  ASSERT_EQ(run["rounds"].size(), 2U);
  const auto stagesOf = [](const Json& round) {
    std::vector<std::string> names;
    for (const auto& stage : round["stages"]) {
      EXPECT_EQ(stage["state"], "done");
      expectHash(stage["sha256"]);
      names.push_back(stage["name"]);
    }
    return names;
  };
  EXPECT_EQ(run["rounds"][0]["n"], 0);
  EXPECT_EQ(stagesOf(run["rounds"][0]), (std::vector<std::string>{"prepare", "train", "calibrate", "validate", "report"}));
  EXPECT_EQ(stagesOf(run["rounds"][1]),
            (std::vector<std::string>{"embed", "propose", "clean", "prompt", "refine", "gate", "train", "validate", "report"}));
  std::set<std::string> seen;
  for (const auto& round : run["rounds"])
    for (const auto& score : round["scores"]) {
      expectScore(score);
      seen.insert(score["arm"].get<std::string>() + "/" + score["split"].get<std::string>() + "/" + score["metric"].get<std::string>());
    }
  for (const char* wanted :
       {"strategy/test/dice", "strategy/test/iou", "strategy/test/hd95", "strategy/test/assd", "control/test/dice",
        "strategy/validation/dice", "strategy/unlabelled/estimated_dice", "strategy/unlabelled/dice", "strategy/unlabelled/agreement"})
    EXPECT_TRUE(seen.contains(wanted)) << wanted;
}

TEST(FinishedRun, TestScoresAreOfTheTestCasesOfTheSplitAlone) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder);
  const Json split = resultOf({"split", study});
  std::set<std::string> expected(split["test"].begin(), split["test"].end()), scored;
  const Json run = jsonOf(study + "/runs/r0001/run.json");
  for (const auto& score : run["rounds"][1]["scores"])
    if (score["split"] == "test" && score["case"].is_string()) scored.insert(score["case"]);
  EXPECT_EQ(scored, expected);
}

TEST(FinishedRun, IsReportedAsHtmlJsonAndCsv) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder);
  resultOf({"report", study, "--run", "r0001", "--out", folder / "html"});
  const std::string html = textOf(folder / "html/report.html");
  EXPECT_NE(html.find("<html"), std::string::npos);
  EXPECT_NE(html.find("data:image/png;base64,"), std::string::npos) << "no picture of a case";
  EXPECT_NE(html.find("<svg"), std::string::npos) << "no curve";
  EXPECT_NE(html.find(jsonOf(study + "/runs/r0001/run.json")["weights_sha256"].get<std::string>()), std::string::npos);
  for (const char* outside : {"src=\"http", "href=\"http", "src=\"/", "<script src", "<link", "url(http", "@import", "file://"})
    EXPECT_EQ(html.find(outside), std::string::npos) << "not self-contained: " << outside;
  for (const char* said : {"Compared with the control arm", "refined by the generalist", "Test HD95, ", "Of these cases&#39; own mean"})
    EXPECT_NE(html.find(said), std::string::npos) << said;
  resultOf({"report", study, "--run", "r0001", "--out", folder / "json", "--format", "json"});
  const Json report = jsonOf(folder / "json/report.json");
  for (const char* column : {"strategy_dice", "control_dice", "strategy_dice_refined"})
    EXPECT_TRUE(report["classes"][0].contains(column)) << report["classes"][0].dump();
  EXPECT_TRUE(report["classes"][0].contains("strategy_hd95_mm") || report["classes"][0].contains("strategy_hd95_px"))
      << report["classes"][0].dump();
  resultOf({"report", study, "--run", "r0001", "--out", folder / "csv", "--format", "csv"});
  const std::string csv = textOf(folder / "csv/scores.csv");
  EXPECT_TRUE(csv.starts_with("round,case,class,split,arm,metric,value,unit,estimated")) << csv.substr(0, 100);
  std::size_t scores = 0;
  const Json run = jsonOf(study + "/runs/r0001/run.json");
  for (const auto& round : run["rounds"]) scores += round["scores"].size();
  EXPECT_EQ(static_cast<std::size_t>(std::count(csv.begin(), csv.end(), '\n')), scores + 1);
  resultOf({"report", study, "--run", "r0001", "--out", folder / "pdf", "--format", "pdf"});
  const std::string pdf = textOf(folder / "pdf/report.pdf");
  EXPECT_TRUE(pdf.starts_with("%PDF-1.")) << pdf.substr(0, 20);
  EXPECT_NE(pdf.find("/Subtype /Image"), std::string::npos);  // the cases' pictures
  EXPECT_TRUE(std::filesystem::exists(folder / "pdf/report.json"));
  errorOf({"report", study, "--run", "r0007", "--out", folder / "x"}, 3, "unknown-run");
}

TEST(FinishedRun, WhatIsOnlyForPredictionsIsRefusedWithLabels) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder);
  errorOf({"export", study, "--what", "labels", "--run", "last", "--out", folder / "a"}, 2, "unused-parameter");
  errorOf({"export", study, "--what", "labels", "--round", "1", "--out", folder / "a"}, 2, "unused-parameter");
  errorOf({"export", study, "--what", "predictions", "--verdict", "all", "--out", folder / "a"}, 2, "unused-parameter");
  resultOf({"export", study, "--what", "predictions", "--run", "last", "--out", folder / "a"});
}

/// Pictures like those of the study; their folder.
std::string newPictures(const TempFolder& folder) {
  resultOf({"phantom", "dental", folder / "fresh", "--cases", "3", "--width", "64", "--height", "32", "--classes", "3", "--seed", "9"});
  return folder / "fresh/images";
}

TEST(FinishedRun, PredictionsThatWereStoppedCanBeStartedAgain) {
  const TempFolder folder;
  const std::string model = finishedStudy(folder) + "/runs/r0001", images = newPictures(folder);
  Start start{.program = ROUNDEL_PROGRAM, .arguments = {"predict", "--model", model, images, "--out", folder / "out"}};
  start.largestFile = 4000;  // no file beyond this: predictions.json cannot be written
  EXPECT_EQ(Process(start).wait().code, 5);
  resultOf({"predict", "--model", model, images, "--out", folder / "out"});
}

TEST(FinishedRun, AVolumeIsRefusedBySpecialistsOfPictures) {
  const TempFolder folder;
  const std::string model = finishedStudy(folder) + "/runs/r0001";
  resultOf({"phantom", "volume", folder / "v", "--cases", "1", "--width", "32", "--height", "32", "--depth", "8"});
  const Ended ended = roundel({"--json", "predict", "--model", model, folder / "v/images", "--out", folder / "out"});
  errorIn(ended, "predict", 3, "nothing-predicted");
  EXPECT_EQ(document(ended, "predict")["warnings"][0]["code"], "not-2d");
}

TEST(FinishedRun, PredictedMapsNameTheirClasses) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder), images = newPictures(folder);
  resultOf({"predict", "--model", study + "/runs/r0001", images, "--out", folder / "out"});
  const Json classes = jsonOf(folder / "out/labels/classes.json")["classes"], own = resultOf({"classes", study})["classes"];
  ASSERT_EQ(classes.size(), own.size());
  for (std::size_t i = 0; i < own.size(); ++i) EXPECT_EQ(classes[i]["name"], own[i]["name"]);
}

TEST(FinishedRun, EvaluateShowsWhatTheRunMeasured) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder);
  const Json result = resultOf({"evaluate", study, "--run", "r0001", "--split", "test"});
  EXPECT_EQ(result["split"], "test");
  EXPECT_FALSE(result["scores"].empty());
  errorOf({"evaluate", study, "--run", "r0001", "--split", "tset"}, 2);
}

std::map<std::string, std::string> hashesOf(const Json& identity, std::size_t round) {
  std::map<std::string, std::string> hashes;
  for (const auto& [name, hash] : identity["rounds"][round]["stages"].items()) hashes[name] = hash;
  return hashes;
}

/// Every estimate that a run's first round made of unlabelled cases, by case and class.
std::map<std::string, double> estimatesIn(const Json& run) {
  std::map<std::string, double> estimates;
  for (const auto& score : run["rounds"][1]["scores"])
    if (score["metric"] == "estimated_dice" && score["split"] == "unlabelled")
      estimates[score["case"].get<std::string>() + "/" + score["class"].get<std::string>()] = score["value"].get<double>();
  return estimates;
}

TEST(FinishedRun, EstimatesAreMovedByWhatTheValidationCasesSay) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder);
  auto again = tinyRun({"run", study, "--strategy", "sam-carries-the-burden", "--rounds", "1"});
  again.insert(again.end(), {"--set", "shift_estimates=false"});
  ASSERT_EQ(resultOf(again)["id"], "r0002");
  const auto moved = estimatesIn(jsonOf(study + "/runs/r0001/run.json")), plain = estimatesIn(jsonOf(study + "/runs/r0002/run.json"));
  EXPECT_FALSE(std::filesystem::exists(study + "/runs/r0002/round-0/validate/shift.json"));
  const Json shift = jsonOf(study + "/runs/r0001/round-0/validate/shift.json");
  EXPECT_EQ(shift["cases"], 2);  // the validation cases, no others
  const double logits = shift["logits"];
  EXPECT_NE(logits, 0);
  ASSERT_EQ(moved.size(), plain.size());
  ASSERT_FALSE(moved.empty());
  const auto logit = [](double p) { return std::log(p / (1 - p)); };
  for (const auto& [name, estimate] : plain)
    if (estimate > 0.01 && estimate < 0.99) {
      EXPECT_NEAR(logit(moved.at(name)) - logit(estimate), logits, 1e-6) << name;
    }
}

TEST(FinishedRun, DecisionsChangeTheGateAndWhatDependsOnItOnly) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder), run = study + "/runs/r0001";
  const Json before = identity(run);
  const std::string unlabelled = resultOf({"split", study})["unlabelled"][0];
  writeText(folder / "review.csv", "case,class,decision,note\n" + unlabelled + ",,reject,motion\n");
  resultOf({"decisions", study, "--run", "r0001", "--set", folder / "review.csv"});
  EXPECT_EQ(resultOf({"run", study, "--resume", "r0001"})["state"], "finished");
  const Json after = identity(run);
  EXPECT_EQ(hashesOf(after, 0), hashesOf(before, 0));
  const auto was = hashesOf(before, 1), is = hashesOf(after, 1);
  for (const char* name : {"embed", "propose", "clean", "prompt", "refine"}) EXPECT_EQ(is.at(name), was.at(name)) << name;
  for (const char* name : {"gate", "train"}) EXPECT_NE(is.at(name), was.at(name)) << name;
  EXPECT_NE(after["weights"], before["weights"]);
  EXPECT_EQ(after["plan"], before["plan"]);
}

TEST(FinishedRun, DecisionsThatNameNothingAreRefused) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder);
  writeText(folder / "a.csv", "case,class,decision\nx,,perhaps\n");
  errorOf({"decisions", study, "--run", "r0001", "--set", folder / "a.csv"}, 3);
  writeText(folder / "b.csv", "no such thing");
  errorOf({"decisions", study, "--run", "r0001", "--set", folder / "b.csv"}, 3);
  errorOf({"decisions", study, "--run", "r0042"}, 3, "unknown-run");
}

TEST(FinishedRun, APromotedRoundIsTheModelOfTheStudy) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder), run = study + "/runs/r0001", pictures = folder / "phantoms/images";
  resultOf({"phantom", "dental", folder / "phantoms", "--cases", "2", "--width", "64", "--height", "32", "--classes", "3", "--seed", "9"});
  errorOf({"predict", "--model", study, pictures, "--out", folder / "none"}, 3, "no-model");
  EXPECT_TRUE(resultOf({"info", study})["model"].is_null());

  const Json promoted = resultOf({"promote", study, "--run", "r0001", "--round", "0"});
  const Json model = resultOf({"info", study})["model"];
  for (const char* key : {"run", "round", "arm", "path", "sha256"}) EXPECT_EQ(model[key], promoted[key]) << key;
  EXPECT_EQ(model["round"], 0);
  EXPECT_NE(roundel({"info", study}).out.find("run r0001, round 0, strategy arm"), std::string::npos);
  resultOf({"verify", study});
  const auto predicted = [&](const std::string& from) {
    fs::remove_all(folder / "out");
    resultOf({"predict", "--model", from, pictures, "--out", folder / "out"});
    return fingerprint(folder / "out");
  };
  const std::string first = predicted(run + "/round-0/train/strategy/model.safetensors");
  EXPECT_EQ(predicted(study), first);
  EXPECT_NE(predicted(run), first) << "the last round is another model";

  resultOf({"promote", study, "--run", "last", "--round", "1", "--arm", "control"});
  EXPECT_EQ(resultOf({"info", study})["model"]["arm"], "control");
  const std::string control = predicted(run + "/round-1/train/control/model.safetensors");
  fs::remove_all(run);
  EXPECT_EQ(predicted(study), control) << "what was promoted does not depend on the run's folder";
  const fs::path kept = fs::path(study) / resultOf({"info", study})["model"]["path"].get<std::string>();
  writeText(kept, textOf(kept) + " ");
  errorOf({"predict", "--model", study, pictures, "--out", folder / "changed"}, 3, "model-changed");
  fs::remove(kept);
  errorOf({"predict", "--model", study, pictures, "--out", folder / "gone"}, 3, "model-missing");
}

TEST(FinishedRun, WhatCannotBePromotedIsRefusedAndChangesNothing) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder), weights = study + "/runs/r0001/round-1/train/strategy/model.safetensors";
  writeText(weights, textOf(weights).substr(0, 5000));
  const std::string before = fingerprint(study);
  errorOf({"promote", study, "--run", "r0042", "--round", "1"}, 3, "unknown-run");
  errorOf({"promote", study, "--run", "../r0001", "--round", "1"}, 3, "unknown-run");
  errorOf({"promote", study, "--run", "r0001", "--round", "7"}, 3, "no-such-round");
  errorOf({"promote", study, "--run", "r0001", "--round", "0", "--arm", "control"}, 3, "no-such-round");
  errorOf({"promote", study, "--run", "r0001", "--round", "1"}, 3, "bad-weights");
  errorOf({"promote", study, "--run", "r0001", "--round", "-1"}, 2);
  errorOf({"promote", study, "--run", "r0001", "--round", "0", "--arm", "best"}, 2);
  EXPECT_EQ(fingerprint(study), before);
}

TEST(FinishedRun, PseudoLabelsAreExported) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder);
  resultOf({"export", study, "--what", "pseudo", "--run", "r0001", "--round", "1", "--format", "coco", "--out", folder / "pseudo"});
  resultOf({"export", study, "--what", "labels", "--format", "masks", "--out", folder / "masks"});
  EXPECT_FALSE(fs::is_empty(folder / "pseudo"));
}

TEST(FinishedRun, WhatIsRefusedIsToldWhatToDo) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder), nowhere = folder / "nowhere";
  const std::vector<std::pair<std::vector<std::string>, int>> refused{{{"project", "new", study}, 3},
                                                                      {{"import", study, nowhere}, 3},
                                                                      {{"import", study, study, "--images", nowhere}, 3},
                                                                      {{"evaluate", "--pred", study}, 2},
                                                                      {{"evaluate", "--pred", study, "--truth", nowhere}, 3},
                                                                      {{"report", study, "--run", "r0007", "--out", folder / "x"}, 3},
                                                                      {{"promote", study, "--run", "r0001", "--round", "9"}, 3},
                                                                      {{"split", study, "--labelled", "900"}, 3},
                                                                      {{"models", "verify", "nothing"}, 2},
                                                                      {{"project"}, 2}};
  for (const auto& [arguments, code] : refused)
    EXPECT_FALSE(errorOf(arguments, code)["remedy"].is_null()) << arguments[0] << " " << (arguments.size() > 1 ? arguments[1] : "");
}

TEST(FinishedRun, TheLastRunIsTheOneOfTheHighestNumber) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder);
  for (const char* id : {"r9999", "r10000"}) fs::copy(study + "/runs/r0001", study + "/runs/" + id, fs::copy_options::recursive);
  resultOf({"report", study, "--run", "last", "--out", folder / "x"});
  fs::remove(study + "/runs/r9999/run.json");
  resultOf({"report", study, "--run", "last", "--out", folder / "x"});
  fs::remove(study + "/runs/r10000/run.json");
  errorOf({"report", study, "--run", "last", "--out", folder / "x"}, 3, "no-run");
}

}  // namespace
}  // namespace roundel::test
