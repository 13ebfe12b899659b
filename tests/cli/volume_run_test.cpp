// Runs on studies of volumes: every strategy beside its control, stopped and gone on with, and blind to the labels it must not see.
#include <signal.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <random>

#include "cli/studies.h"
#include "core/random.h"
#include "imaging/image_source.h"
#include "imaging/image_writer.h"

namespace roundel::test {
namespace {

/// Phantom volumes on an uneven grid, their labels beside them.
void makePhantoms(const TempFolder& folder) {
  resultOf({"phantom", "volume", folder / "raw", "--cases", "6", "--width", "32", "--height", "28", "--depth", "20", "--seed", "3"});
}

/// The cases' names, in order.
std::vector<std::string> volumeNames(const TempFolder& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder.path() / "raw/images")) {
    const std::string file = entry.path().filename();
    if (file.ends_with(".nii.gz")) names.push_back(file.substr(0, file.size() - 7));
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// A study of the phantoms, split 2 : 2 : 1 : 1 in the order of their names.
std::string makeVolumeStudy(const TempFolder& folder, const std::string& name = "study", const std::string& labels = "raw/labels") {
  const std::string study = folder / name;
  const auto names = volumeNames(folder);
  EXPECT_EQ(names.size(), 6U);
  writeText(folder / "labelled.txt", names[0] + "\n" + names[1] + "\n");
  writeText(folder / "unlabelled.txt", names[2] + "\n" + names[3] + "\n");
  writeText(folder / "validation.txt", names[4] + "\n");
  writeText(folder / "test.txt", names[5] + "\n");
  resultOf({"project", "new", study});
  resultOf({"import", study, folder / "raw/images", "--labels", folder / labels, "--format", "images"});
  resultOf({"split", study, "--labelled", folder / "labelled.txt", "--unlabelled", folder / "unlabelled.txt", "--validation",
            folder / "validation.txt", "--test", folder / "test.txt"});
  return study;
}

TEST(VolumeRun, APlanOfVolumesIsAPlanFile) {
  const TempFolder folder;
  makePhantoms(folder);
  const std::string study = makeVolumeStudy(folder);
  const Json byFlags = resultOf({"run", study, "--strategy", "ua-mt", "--rounds", "1", "--set", "volume_crop=none", "--dry-run"});
  ASSERT_EQ(byFlags["plan"]["kind"], "volumes");
  writeText(folder / "plan.json", byFlags["plan"].dump());
  EXPECT_EQ(resultOf({"run", study, "--plan", folder / "plan.json", "--dry-run"})["plan_sha256"], byFlags["plan_sha256"]);
}

/// `arguments`, and what makes a run tiny where they do not say otherwise.
std::vector<std::string> tinyVolumeRun(std::vector<std::string> arguments) {
  const std::vector<std::string> said = arguments;
  for (const std::string value : {"width=4", "judge_width=4", "steps=4", "patch=16,16,16", "uncertainty_passes=2", "generalist_slices=2",
                                  "nnunet_width=4", "generalist_warmup=0", "stability_prompts=0", "validate_every=1000"}) {
    const std::string name = value.substr(0, value.find('=') + 1);
    if (std::none_of(said.begin(), said.end(), [&](const std::string& one) { return one.starts_with(name); }))
      arguments.insert(arguments.end(), {"--set", value});
  }
  return arguments;
}

DecodedImage labelMapAt(const fs::path& file) {
  DecodeClient client({.command = {ROUNDEL_PROGRAM, "decode", "--worker"}});
  return loadLabelMap(client, file);
}

TEST(VolumeAdvice, ForecastsARunOnVolumesAndWritesNothing) {
  const TempFolder folder;
  makePhantoms(folder);
  const std::string study = makeVolumeStudy(folder), before = fingerprint(study);
  const Json result = resultOf(tinyVolumeRun({"advise", study}));
  EXPECT_EQ(fingerprint(study), before);
  EXPECT_TRUE(result["volumes"].get<bool>());
  const Json& forecast = result["forecast"];
  ASSERT_TRUE(forecast.is_object());
  std::map<std::string, double> times, counts;
  for (const auto& part : forecast["parts"]) {
    times[part["name"]] = part["seconds"].get<double>();
    counts[part["name"]] = part["count"].get<double>();
  }
  for (const char* name : {"prepare", "train", "control", "calibrate", "propose", "refine", "validate"}) EXPECT_GT(times[name], 0) << name;
  EXPECT_EQ(counts["prepare"], 6);
  EXPECT_GT(forecast["memory_bytes"].get<double>(), 50e6);
  EXPECT_LT(forecast["memory_bytes"].get<double>(), 4e9);
  for (const char* strategy : {"supervised", "mean-teacher", "semisam-o1"})
    EXPECT_TRUE(resultOf(tinyVolumeRun({"advise", study, "--strategy", strategy}))["forecast"].is_object()) << strategy;
}

class VolumeStrategies : public testing::TestWithParam<const char*> {};

TEST_P(VolumeStrategies, RunBesideTheirControl) {
  const TempFolder folder;
  makePhantoms(folder);
  const std::string study = makeVolumeStudy(folder), strategy = GetParam();
  const Json result = resultOf(tinyVolumeRun({"run", study, "--strategy", strategy, "--rounds", "2", "--seed", "1"}));
  EXPECT_EQ(result["state"], "finished");
  ASSERT_EQ(result["rounds"].size(), 3U);
  std::map<std::string, int> dice;
  int distances = 0;
  for (const auto& score : result["rounds"][2]["scores"]) {
    if (score["split"] == "test" && score["metric"] == "dice") ++dice[score["arm"]];
    if (score["metric"] != "hd95") continue;
    EXPECT_EQ(score["unit"], "mm");
    ++distances;
  }
  EXPECT_GT(dice["strategy"], 0);
  EXPECT_EQ(dice["control"], dice["strategy"]) << "both arms are measured on the same cases";
  EXPECT_EQ(distances, dice["strategy"] + dice["control"]);
}

INSTANTIATE_TEST_SUITE_P(All, VolumeStrategies,
                         testing::Values("supervised", "full-supervision", "mean-teacher", "ua-mt", "dan", "dtc", "urpc", "semisam-plus",
                                         "semisam-o1", "nnunet-like", "pseudo-labels", "sam-carries-the-burden", "mean-teacher-selection"),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

/// The numbers of a label map, whatever type the file has them in.
std::vector<int> numbersOf(const StoredImage& image) {
  return std::visit([](const auto& values) { return std::vector<int>(values.begin(), values.end()); }, image.values);
}

TEST(VolumeRun, ReportsAndWritesBackOnTheOriginalGrid) {
  const TempFolder folder;
  makePhantoms(folder);
  const std::string study = makeVolumeStudy(folder);
  resultOf(tinyVolumeRun({"run", study, "--strategy", "supervised", "--rounds", "1", "--control", "none", "--set", "steps=20", "--set",
                          "learning_rate=0.01", "--set", "volume_spacing=2.5,2.5,3"}));
  resultOf({"report", study, "--run", "last", "--out", folder / "report"});
  const std::string page = textOf(folder / "report/report.html");
  EXPECT_NE(page.find("HD95, mm"), std::string::npos);
  EXPECT_NE(page.find("slice "), std::string::npos) << "a slice of the test case is shown";
  const std::string image = folder / ("raw/images/" + volumeNames(folder)[5] + ".nii.gz");
  const Geometry grid = labelMapAt(image).image.geometry;
  resultOf({"promote", study, "--run", "last", "--round", "1"});
  const Json predicted = resultOf({"predict", "--model", study, image, "--out", folder / "predicted"});
  const DecodedImage map = labelMapAt(predicted["images"][0]["labels"].get<std::string>());
  EXPECT_EQ(map.image.geometry, grid);
  // What the run kept of the test case is what its specialist says of the file.
  resultOf({"export", study, "--what", "predictions", "--format", "nifti", "--out", folder / "exported"});
  const DecodedImage kept = labelMapAt(folder.path() / "exported" / (volumeNames(folder)[5] + ".nii.gz"));
  EXPECT_EQ(kept.image.geometry, grid);
  const auto voxels = numbersOf(map.image);
  EXPECT_EQ(numbersOf(kept.image), voxels);
  EXPECT_TRUE(std::any_of(voxels.begin(), voxels.end(), [](int v) { return v != 0; })) << "it learnt something to compare";
}

TEST(VolumeRun, NnunetPlansItself) {
  const TempFolder folder;
  makePhantoms(folder);
  const std::string study = makeVolumeStudy(folder);
  const Json result = resultOf({"run", study, "--strategy", "nnunet-like", "--rounds", "1", "--control", "none", "--set", "nnunet_width=4",
                                "--set", "steps=3", "--set", "folds=0", "--set", "round_steps=20"});
  EXPECT_EQ(result["state"], "finished");
  const Json work = Json::parse(textOf(study + "/runs/r0001/volumes.json"));
  EXPECT_TRUE(work["preparation"].contains("spacing_mm") && work["preparation"]["spacing_mm"].is_array()) << work["preparation"];
  bool told = false;
  for (const auto& entry : fs::recursive_directory_iterator(study + "/runs/r0001"))
    if (entry.path().filename() == "model.safetensors") told = told || textOf(entry.path()).find("333/111 333/") != std::string::npos;
  EXPECT_TRUE(told) << "the levels that were planned are kept with the weights";
}

TEST(VolumeRun, BeliefsOfO1AreExportedWhereTheyLie) {
  const TempFolder folder;
  makePhantoms(folder);
  const std::string study = makeVolumeStudy(folder);
  const Json result = resultOf(tinyVolumeRun({"run", study, "--strategy", "semisam-o1", "--rounds", "2", "--control", "none", "--set",
                                              "volume_spacing=5,5,5", "--set", "steps=2"}));
  std::map<std::string, int> metrics;
  double spread = 0;
  for (const auto& score : result["rounds"][1]["scores"])
    if (score["metric"] == "pseudo_label_dice") spread = std::max(spread, score["value"].get<double>());
  for (const auto& score : result["rounds"][2]["scores"]) ++metrics[score["metric"]];
  for (const char* metric : {"uncertain_pixels", "changed_pixels", "improved_pixels", "proposed_dice", "pseudo_label_dice"})
    EXPECT_GT(metrics[metric], 0) << metric;
  EXPECT_GT(spread, 0.3) << "prototypes find the phantom's tissue in other cases";
  resultOf({"export", study, "--what", "predictions", "--round", "1", "--format", "nifti", "--out", folder / "out"});
  const std::string name = volumeNames(folder)[2];
  EXPECT_EQ(labelMapAt(folder.path() / "out" / (name + ".nii.gz")).image.geometry,
            labelMapAt(folder.path() / "raw/images" / (name + ".nii.gz")).image.geometry);
}

TEST(VolumeRun, O1RunsAsItWasReleased) {
  const TempFolder folder;
  makePhantoms(folder);
  const std::string study = makeVolumeStudy(folder);
  const Json result = resultOf(
      tinyVolumeRun({"run", study, "--strategy", "semisam-o1", "--rounds", "2", "--control", "none", "--set", "o1_form=released"}));
  int replaced = 0;
  for (const auto& score : result["rounds"][2]["scores"]) replaced += score["metric"] == "replaced";
  EXPECT_EQ(replaced, 2) << "of both unlabelled cases it is said";
}

/// The label files of some cases replaced by noise; the others as they are.
void writeNoisyLabels(const TempFolder& folder, const std::string& out, const std::vector<std::size_t>& which) {
  fs::copy(folder.path() / "raw/labels", folder.path() / out, fs::copy_options::recursive);
  for (const std::size_t i : which) {
    const fs::path file = folder.path() / out / (volumeNames(folder)[i] + ".nii.gz");
    const Geometry grid = labelMapAt(file).image.geometry;
    Random random(9, "noise", i);
    std::vector<std::uint8_t> values;
    for (std::int64_t v = 0; v < grid.size.count(); ++v) values.push_back(static_cast<std::uint8_t>(random.below(3)));
    writeNifti(file, grid, values);
  }
}

TEST(VolumeRun, LabelsOfUnlabelledAndTestCasesDecideNothing) {
  const TempFolder folder;
  makePhantoms(folder);
  writeNoisyLabels(folder, "noisy", {2, 3, 5});
  writeNoisyLabels(folder, "wrong", {1});
  const auto weightsOf = [&](const std::string& name, const std::string& labels, const std::string& strategy) {
    const std::string study = fs::exists(folder / name) ? folder / name : makeVolumeStudy(folder, name, labels);
    return resultOf(tinyVolumeRun({"run", study, "--strategy", strategy, "--rounds", strategy == "semisam-o1" ? "2" : "1", "--control",
                                   "none", "--set", "steps=6"}))["weights_sha256"];
  };
  for (const std::string strategy : {"semisam-plus", "semisam-o1"}) {
    const Json plain = weightsOf("study", "raw/labels", strategy);
    EXPECT_EQ(weightsOf("study-noisy", "noisy", strategy), plain) << strategy;
    EXPECT_NE(weightsOf("study-wrong", "wrong", strategy), plain) << strategy << ": a labelled case's labels do count";
  }
}

std::int64_t eventLines(const fs::path& file) {
  std::ifstream stream(file);
  return std::count(std::istreambuf_iterator<char>(stream), {}, '\n');
}

TEST(VolumeRun, KilledAtRandomMomentsItEndsAsTheUninterruptedRun) {
  const TempFolder folder;
  makePhantoms(folder);
  const std::string study = makeVolumeStudy(folder);
  const auto plan = tinyVolumeRun({"run", study, "--strategy", "semisam-o1", "--rounds", "2", "--anew", "--set", "checkpoint_seconds=0"});
  ASSERT_EQ(roundel(plan).code, 0);
  const std::int64_t lines = eventLines(study + "/runs/r0001/events.jsonl");
  const fs::path events = study + "/runs/r0002/events.jsonl";
  std::mt19937 random(5);
  std::uniform_int_distribution<std::int64_t> moment(1, lines / 6);
  int kills = 0;
  for (int attempt = 0; attempt < 4; ++attempt) {
    const std::int64_t until = eventLines(events) + moment(random);
    Process process(program(attempt == 0 ? plan : std::vector<std::string>{"run", study, "--anew", "--resume", "r0002"}));
    for (int wait = 0; wait < 30'000 && !process.ended() && eventLines(events) < until; ++wait)
      process.watchFor(std::chrono::milliseconds(2));
    process.signal(SIGKILL);
    kills += process.wait(std::chrono::seconds(120)).killed ? 1 : 0;
  }
  EXPECT_EQ(kills, 4);
  const Ended last = roundel({"run", study, "--anew", "--resume", "r0002"});
  EXPECT_EQ(last.code, 0) << last.err;
  EXPECT_EQ(identity(study + "/runs/r0002"), identity(study + "/runs/r0001"));
}

TEST(VolumeRun, WhatCannotBeDoneIsSaidBeforeAnythingRuns) {
  const TempFolder folder;
  makePhantoms(folder);
  const std::string study = makeVolumeStudy(folder);
  errorOf({"run", study, "--strategy", "ua-mt", "--set", "patch=40"}, 2, "bad-parameter");
  errorOf({"run", study, "--strategy", "ua-mt", "--set", "volume_spacing=1,2"}, 2, "bad-parameter");
  errorOf({"run", study, "--strategy", "dtc", "--set", "volume_specialist=unet2d"}, 2, "bad-parameter");
  EXPECT_FALSE(fs::exists(study + "/runs/r0001"));
  const Json planned = resultOf({"run", study, "--strategy", "ua-mt", "--dry-run"})["plan"];
  EXPECT_EQ(planned["kind"], "volumes");
}

/// A study of 3 volumes and of files that are no such; returns it.
std::string studyWith(const TempFolder& folder, const std::vector<std::pair<std::string, Geometry>>& others) {
  resultOf({"phantom", "volume", folder / "raw", "--cases", "3", "--width", "32", "--height", "28", "--depth", "20", "--seed", "3"});
  Random random(4, "values");
  for (const auto& [name, grid] : others) {
    std::vector<std::uint8_t> values, labels;
    for (std::int64_t v = 0; v < grid.size.count(); ++v)
      values.push_back(static_cast<std::uint8_t>(random.below(200))), labels.push_back(v % 7 == 0 ? 1 : 0);
    writeNifti(folder / ("raw/images/" + name + ".nii.gz"), grid, values);
    writeNifti(folder / ("raw/labels/" + name + ".nii.gz"), grid, labels);
  }
  const std::string study = folder / "study";
  resultOf({"project", "new", study});
  resultOf({"import", study, folder / "raw/images", "--labels", folder / "raw/labels", "--format", "images"});
  return study;
}

TEST(VolumeRun, SingleSlicesAmongVolumesAndThickOnesAreLearntFromAndMeasured) {
  const TempFolder folder;
  const std::string study =
      studyWith(folder, {{"slice", {.size = {30, 26, 1}, .spacingMm = {1, 1, 10}, .spacingSource = SpacingSource::FileHeader}},
                         {"thick", {.size = {30, 26, 5}, .spacingMm = {1, 1, 10}, .spacingSource = SpacingSource::FileHeader}}});
  const auto names = volumeNames(folder);
  writeText(folder / "labelled.txt", names[2] + "\nthick\n");
  writeText(folder / "test.txt", "slice\n" + names[4] + "\n");
  resultOf({"split", study, "--labelled", folder / "labelled.txt", "--unlabelled", "rest", "--test", folder / "test.txt"});
  const Json result = resultOf(tinyVolumeRun({"run", study, "--strategy", "mean-teacher", "--rounds", "1", "--control", "none"}));
  int measured = 0;
  for (const auto& score : result["rounds"][1]["scores"]) measured += score["case"] == "slice" && score["metric"] == "dice";
  EXPECT_GT(measured, 0);
}

/// A NRRD file that does not say how large a voxel is: a ball on a noisy ground, or its mask.
void writeBall(const std::string& file, int number, bool mask) {
  Random random(4, "ball", static_cast<std::uint64_t>(number));
  std::string text = "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 24 20 18\nencoding: raw\n\n";
  for (int z = 0; z < 18; ++z)
    for (int y = 0; y < 20; ++y)
      for (int x = 0; x < 24; ++x) {
        const int dx = x - 10 - number, dy = y - 10, dz = z - 9;
        const bool in = dx * dx + dy * dy + dz * dz < 30;
        text += static_cast<char>(mask ? (in ? 1 : 0) : random.below(40) + (in ? 120 : 20));
      }
  writeText(file, text);
}

TEST(VolumeRun, VolumesWithoutSpacingCannotBeBroughtToOne) {
  const TempFolder folder;
  for (const char* part : {"images", "labels"}) {
    fs::create_directories(folder.path() / "raw" / part);
    for (int i = 0; i < 3; ++i) writeBall(folder / ("raw/" + std::string(part) + "/ball" + std::to_string(i) + ".nrrd"), i, part[0] == 'l');
  }
  const std::string study = folder / "study";
  resultOf({"project", "new", study});
  resultOf({"import", study, folder / "raw/images", "--labels", folder / "raw/labels", "--format", "images"});
  resultOf({"split", study, "--labelled", "1", "--unlabelled", "1", "--test", "1", "--seed", "1"});
  for (const char* spacing : {"volume_spacing=2,2,2", "volume_spacing=median"})
    errorOf(tinyVolumeRun({"run", study, "--strategy", "ua-mt", "--set", spacing}), 3, "no-spacing");
  const Json result = resultOf(tinyVolumeRun(
      {"run", study, "--strategy", "ua-mt", "--rounds", "1", "--control", "none", "--set", "steps=15", "--set", "learning_rate=0.01"}));
  int lengths = 0;
  for (const auto& score : result["rounds"][1]["scores"])
    if (score["metric"] == "hd95") {
      EXPECT_EQ(score["unit"], "px") << "nobody said how long a voxel is";
      ++lengths;
    }
  EXPECT_GT(lengths, 0);
}

}  // namespace
}  // namespace roundel::test
