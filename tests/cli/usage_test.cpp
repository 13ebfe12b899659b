#include "cli/studies.h"

namespace roundel::test {
namespace {

std::vector<std::string> verbs() {
  std::vector<std::string> names;
  const Json result = resultOf({"describe"});
  for (const auto& verb : result["verbs"]) names.push_back(verb["name"]);
  EXPECT_GT(names.size(), 20U);
  return names;
}

TEST(Usage, VerbsThatComputeWaitWithoutSpinning) {
  const auto spins = [](const std::string& setting, const std::vector<std::string>& verb) {
    Start start{.program = "/usr/bin/env",
                .arguments = {"-u", "GOMP_SPINCOUNT", setting, ROUNDEL_PROGRAM},
                .environment = {{"OMP_DISPLAY_ENV", "verbose"}}};
    start.arguments.insert(start.arguments.end(), verb.begin(), verb.end());
    const Ended ended = Process(start).wait();
    const auto at = ended.err.rfind("GOMP_SPINCOUNT = '");  // of the last start
    return at == std::string::npos ? "" : ended.err.substr(at + 18, ended.err.find("'", at + 18) - at - 18);
  };
  const std::vector<std::string> training{"train", "nowhere", "--out", "nowhere"};  // refused, after it was understood
  EXPECT_EQ(spins("A=1", training), "1000");
  EXPECT_NE(spins("A=1", {"describe"}), "1000");
  EXPECT_NE(spins("A=1", {"info", "train"}), "1000") << "a study may bear the name of a verb";
  EXPECT_EQ(spins("GOMP_SPINCOUNT=77", training), "77") << "the person's own choice stands";
}

TEST(Usage, UnknownVerbIsRefusedWithTheNearestOne) {
  const Json error = errorIn(roundel({"--json", "predit"}), "roundel", 2, "unknown-verb");
  EXPECT_NE(error["remedy"].get<std::string>().find("predict"), std::string::npos) << error.dump();
}

TEST(Usage, UnknownFlagIsRefusedWithTheNearestOne) {
  const Json error = errorOf({"run", "study", "--stratgy", "supervised"}, 2, "unknown-flag");
  EXPECT_NE(error["remedy"].get<std::string>().find("--strategy"), std::string::npos) << error.dump();
}

TEST(Usage, UnknownFlagWithItsValueAttachedIsRefusedToo) {
  const Json error = errorOf({"predict", "--modle=x", "image.png", "--out", "y", "--model", "z"}, 2, "unknown-flag");
  EXPECT_NE(error["remedy"].get<std::string>().find("--model"), std::string::npos) << error.dump();
}

TEST(Usage, TheNearestFlagOfTheProgramIsFoundToo) {
  const Json error = errorOf({"describe", "--jsn"}, 2, "unknown-flag");
  EXPECT_NE(error["remedy"].get<std::string>().find("--json"), std::string::npos) << error.dump();
}

TEST(Usage, MissingFlagNamesIt) {
  const Json error = errorOf({"predict", "image.png"}, 2, "usage");
  EXPECT_NE(error["message"].get<std::string>().find("--"), std::string::npos) << error.dump();
}

TEST(Usage, ASeedIsAWholeNumberAsItIsWritten) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  for (const char* seed : {"-1", "18446744073709551616", "1.5", "abc", ""}) {
    errorOf({"split", study, "--labelled", "2", "--seed", seed}, 2, "usage");
    errorOf({"run", study, "--dry-run", "--seed", seed}, 2, "usage");
    errorOf({"phantom", "dental", folder / "new", "--seed", seed}, 2, "usage");
  }
  EXPECT_EQ(resultOf({"run", study, "--dry-run", "--seed", "18446744073709551615"})["plan"]["seed"].get<std::uint64_t>(),
            ~std::uint64_t{0});
}

TEST(Usage, NumbersAndNamesOfASplitMustMakeSense) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  for (const char* count : {"-1", "2.5", "1e3"}) errorOf({"split", study, "--labelled", count}, 2, "bad-split");
  errorOf({"split", study, "--labelled", "2", "--name", ""}, 2, "bad-split");
}

TEST(Usage, NoVerbIsWrongUsage) { errorIn(roundel({"--json"}), "roundel", 2); }

TEST(Usage, UnknownParameterStrategyPresetGeneralistAreRefusedWithTheNearestOne) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const std::string before = fingerprint(study);
  const auto near = [&](std::vector<std::string> more, const std::string& word, const std::string& expected) {
    std::vector<std::string> arguments{"run", study};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Json error = errorOf(arguments, 2, word);
    const std::string said = error["message"].dump() + error["remedy"].dump();
    EXPECT_NE(said.find(expected), std::string::npos) << said;
  };
  near({"--set", "stepps=3"}, "unknown-parameter", "steps");
  near({"--set", "width=two"}, "bad-parameter", "width");
  near({"--set", "width=100000"}, "bad-parameter", "width");
  near({"--set", "width"}, "bad-parameter", "key=value");
  near({"--set", "accept=0.3"}, "bad-parameter", "reject");  // 0.4 by default
  near({"--set", "bce_weight=0", "--set", "dice_weight=0"}, "bad-parameter", "nothing to learn");
  near({"--strategy", "mean-techer"}, "unknown-strategy", "mean-teacher");
  near({"--preset", "quik"}, "unknown-preset", "quick");
  near({"--generalist", "graph-cutt"}, "unknown-generalist", "graph-cut");
  near({"--rounds", "0"}, "usage", "rounds");
  near({"--stop-after", "refine"}, "bad-stop-after", "round:1/refine");
  near({"--stop-after", "round:1/refin"}, "bad-stop-after", "refine");
  near({"--stop-after", "round:9/refine"}, "bad-stop-after", "round");
  EXPECT_EQ(fingerprint(study), before) << "a refused run leaves nothing";
}

TEST(Usage, UnknownDeviceIsWrongUsage) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  errorIn(roundel(tinyRun({"--json", "--device", "quantum", "run", study})), "run", 2);
}

TEST(Usage, EventsThatNameNoOpenDescriptorAreRefused) {
  errorIn(roundel({"--json", "--events", "fd:77", "describe"}), "describe", 2, "bad-events");
  errorIn(roundel({"--json", "--events", "fd:x", "describe"}), "describe", 2, "bad-events");
}

TEST(Usage, EveryVerbHasHelpWithExamples) {
  for (const auto& verb : verbs()) {
    const Ended ended = roundel({verb, "--help"});
    EXPECT_EQ(ended.code, 0) << verb << ended.err;
    EXPECT_NE(ended.out.find("Examples:"), std::string::npos) << verb;
    EXPECT_NE(ended.out.find("roundel " + verb), std::string::npos) << verb << " shows no command";
    EXPECT_EQ(ended.err, "") << verb;
  }
}

TEST(Usage, TheProgramsHelpListsEveryVerb) {
  const Ended ended = roundel({"--help"});
  EXPECT_EQ(ended.code, 0);
  for (const auto& verb : verbs()) EXPECT_NE(ended.out.find(verb), std::string::npos) << verb;
  EXPECT_NE(ended.out.find("Examples:"), std::string::npos);
}

TEST(Usage, HelpAndVersionAreADocumentWhereOneWasAskedFor) {
  EXPECT_TRUE(document(roundel({"--json", "--version"}), "roundel")["ok"].get<bool>());
  EXPECT_NE(document(roundel({"--json", "run", "--help"}), "run")["result"]["text"].get<std::string>().find("--strategy"),
            std::string::npos);
}

TEST(Usage, TheProjectVerbSaysAndChecksToo) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  EXPECT_EQ(resultOf({"project", "info", study}), resultOf({"info", study}));
  EXPECT_EQ(resultOf({"project", "check", study, "--quick"}), resultOf({"check", study, "--quick"}));
  EXPECT_EQ(errorOf({"project", "inof", study}, 2)["remedy"], "Did you mean info?");
  EXPECT_EQ(errorOf({"project"}, 2, "usage")["remedy"], "One of: new, info, check.");
}

TEST(Usage, AGeneralistIsTrainedBesideItsPlanWhereNothingElseIsSaid) {
  const TempFolder folder;
  writeText(folder / "tiny.json", R"({"name": "tiny", "params": {"steps": 1, "batch": 1, "per_scene": 1}})");
  errorOf({"generalist", "train"}, 2, "usage");
  const Json result = resultOf({"generalist", "train", "--plan", folder / "tiny.json"});
  EXPECT_EQ(fs::path(result["weights"].get<std::string>()).parent_path(), fs::path(folder / "tiny"));
}

TEST(Usage, AGeneralistLearnsFromAPreparedStudy) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  resultOf({"prepare", study, "--out", folder / "study.safetensors"});
  const std::string params = R"("params": {"steps": 1, "batch": 1, "per_scene": 1})";
  writeText(folder / "tiny.json", R"({"study": "study.safetensors", )" + params + "}");
  const Json result = resultOf({"generalist", "train", "--plan", folder / "tiny.json"});
  EXPECT_EQ(result["environment"]["learnt_from_labelled_pictures"], 4);
  writeText(folder / "on.json", R"({"study": "study.safetensors", "start": "tiny/model.safetensors", )" + params + "}");
  EXPECT_TRUE(resultOf({"generalist", "train", "--plan", folder / "on.json"})["environment"].contains("began_with"));
  writeText(folder / "cubes.json", R"({"study": "study.safetensors", "params": {"steps": 1, "dimensions": 3, "width": 24}})");
  errorOf({"generalist", "train", "--plan", folder / "cubes.json"}, 2, "bad-parameter");
  writeText(folder / "none.json", R"({"study": "no such file", )" + params + "}");
  errorOf({"generalist", "train", "--plan", folder / "none.json"}, 3);
  writeText(folder / "typo.json", R"({"parms": {}})");
  EXPECT_EQ(errorOf({"generalist", "train", "--plan", folder / "typo.json"}, 3, "bad-document")["remedy"], "Did you mean params?");
}

}  // namespace
}  // namespace roundel::test
