#include <map>
#include <set>

#include "cli/studies.h"

namespace roundel::test {
namespace {

std::set<std::string> names(const Json& members) {
  std::set<std::string> all;
  for (const auto& one : members) all.insert(one.at("name").get<std::string>());
  return all;
}

void expectHolds(const std::set<std::string>& all, const std::vector<std::string>& wanted) {
  for (const auto& one : wanted) EXPECT_TRUE(all.contains(one)) << one;
}

TEST(Describe, ListsEveryVerbOfThisVersion) {
  const Json result = resultOf({"describe"});
  expectHolds(names(result["verbs"]),
              {"project",  "info",    "check",   "classes",  "import",  "reread",  "split",   "train",  "run",    "predict",
               "evaluate", "segment", "prompts", "show",     "models",  "bakeoff", "sweep",   "export", "report", "decisions",
               "promote",  "decode",  "phantom", "describe", "devices", "verify",  "prepare", "demo"});
  for (const auto& verb : result["verbs"]) {
    EXPECT_FALSE(verb["sentence"].get<std::string>().empty());
    EXPECT_FALSE(verb["examples"].empty()) << verb["name"];
    for (const auto& example : verb["examples"]) {  // the help writes the program's name before them
      EXPECT_FALSE(example.get<std::string>().starts_with("roundel")) << example;
      EXPECT_NE(example.get<std::string>().find(verb["name"].get<std::string>()), std::string::npos) << example;
    }
    for (const auto& flag : verb["flags"]) EXPECT_FALSE(flag["sentence"].get<std::string>().empty()) << verb["name"] << flag["name"];
  }
}

TEST(Describe, VerbsThatWantAnotherWordListItsFlagsToo) {
  const Json result = resultOf({"describe"});
  std::map<std::string, std::set<std::string>> actions;
  for (const auto& verb : result["verbs"])
    if (verb.contains("actions"))
      for (const auto& action : verb["actions"]) {
        actions[verb["name"]].insert(action["name"]);
        for (const auto& flag : action["flags"])
          EXPECT_FALSE(flag["sentence"].get<std::string>().empty()) << action["name"] << flag["name"];
        if (verb["name"] == "models" && action["name"] == "export") {
          EXPECT_EQ(names(action["flags"]), (std::set<std::string>{"name", "--out"}));
        }
      }
  EXPECT_EQ(actions["project"], (std::set<std::string>{"new", "info", "check"}));
  EXPECT_EQ(actions["models"], (std::set<std::string>{"list", "add", "verify", "remove", "export"}));
  EXPECT_EQ(actions["generalist"], (std::set<std::string>{"train", "score", "adapt"}));
  EXPECT_TRUE(names(result["parameters"]["generalist train"]).contains("per_scene"));
}

TEST(Describe, FlagsHaveDefaults) {
  const Json result = resultOf({"describe"});
  for (const auto& verb : result["verbs"]) {
    if (verb["name"] != "run") continue;
    for (const auto& flag : verb["flags"])
      if (flag["name"] == "--strategy") {
        EXPECT_EQ(flag["default"], "sam-carries-the-burden");
        return;
      }
  }
  ADD_FAILURE() << "run has no --strategy";
}

TEST(Describe, ListsEveryRegistry) {
  const Json registries = resultOf({"describe"})["registries"];
  expectHolds(names(registries["strategies"]),
              {"sam-carries-the-burden", "supervised", "full-supervision", "pseudo-labels", "random-walk", "mean-teacher",
               "mean-teacher-selection", "ua-mt", "dan", "dtc", "urpc", "semisam-plus", "semisam-o1", "nnunet-like"});
  expectHolds(names(registries["generalists"]), {"random-walker", "graph-cut"});
  expectHolds(names(registries["specialists"]), {"unet2d", "nnunet-like", "unet2d-ssl", "unet3d", "vnet"});
  expectHolds(names(registries["training_strategies"]), {"supervised", "mean-teacher", "ua-mt", "dan", "dtc", "urpc", "semisam-plus"});
  expectHolds(names(registries["prompt_extractors"]), {"sctb"});
  expectHolds(names(registries["case_rankings"]), {"lowest-estimate", "disagreement", "entropy"});
  expectHolds(names(registries["import_formats"]), {"coco", "cvat", "labelme", "nnunet", "monai", "masks", "dicom", "images"});
  expectHolds(names(registries["export_formats"]), {"coco", "masks", "nifti", "nnunet", "labelme", "cvat"});
  expectHolds(names(registries["presets"]), {"quick", "standard", "paper"});
  for (const auto& [family, members] : registries.items())
    for (const auto& one : members) EXPECT_FALSE(one["sentence"].get<std::string>().empty()) << family << one["name"];
}

void expectParam(const Json& param) {
  static const std::set<std::string> kTypes{"flag", "integer", "real", "text", "choice"};
  EXPECT_TRUE(kTypes.contains(param["type"])) << param.dump();
  EXPECT_TRUE(param.contains("default")) << param.dump();
  EXPECT_FALSE(param["sentence"].get<std::string>().empty()) << param.dump();
  if (param["type"] == "choice") {
    EXPECT_FALSE(param["choices"].empty()) << param.dump();
  }
  if (param["type"] == "integer" || param["type"] == "real") {
    EXPECT_TRUE(param.contains("minimum") && param.contains("maximum")) << param.dump();
    EXPECT_LE(param["minimum"].get<double>(), param["default"].get<double>()) << param.dump();
    EXPECT_GE(param["maximum"].get<double>(), param["default"].get<double>()) << param.dump();
  }
}

TEST(Describe, EveryParameterHasTypeDefaultRangeAndSentence) {
  const Json result = resultOf({"describe"});
  int seen = 0;
  for (const auto& [what, params] : result["parameters"].items())
    for (const auto& one : params) expectParam(one), ++seen;
  for (const auto& [family, members] : result["registries"].items())
    for (const auto& member : members)
      for (const auto& one : member.value("params", Json::array())) expectParam(one), ++seen;
  EXPECT_GT(seen, 60);
  expectHolds(names(result["parameters"]["training"]), {"steps", "batch", "width", "learning_rate", "teacher_decay"});
  expectHolds(names(result["parameters"]["run"]), {"size", "start", "targets", "folds", "gate", "accept", "reject", "threshold"});
}

TEST(Describe, TheTextNamesEverythingThatTheDocumentDoes) {
  const std::string text = roundel({"describe"}).out;
  const Json result = resultOf({"describe"});
  for (const auto& verb : result["verbs"]) EXPECT_NE(text.find(verb["name"].get<std::string>()), std::string::npos);
  for (const auto& [family, members] : result["registries"].items())
    for (const auto& one : members) EXPECT_NE(text.find(one["name"].get<std::string>()), std::string::npos) << one["name"];
  for (const auto& one : result["parameters"]["training"]) EXPECT_NE(text.find(one["name"].get<std::string>() + "="), std::string::npos);
}

}  // namespace
}  // namespace roundel::test
