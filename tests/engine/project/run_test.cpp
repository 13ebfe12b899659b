#include "core/files.h"
#include "core/hash.h"
#include "engine/project/project_fixture.h"
#include "project/ingest.h"

namespace roundel {
namespace {

class RunTest : public ProjectTest {
 protected:
  RunTest() : m_project(Project::create(folder(), "anna")) {
    m_project.setClasses(twoBones());
    m_project.addCases({caseNamed("a"), caseNamed("b")});
  }
  Project& project() { return m_project; }

  static Json result(int rounds) {
    Json list = Json::array();
    for (int n = 1; n <= rounds; ++n)
      list.push_back(
          {{"n", n},
           {"stages",
            {{{"name", "propose"}, {"state", "done"}, {"sha256", "ab"}}, {{"name", "train"}, {"state", "done"}, {"sha256", nullptr}}}},
           {"scores",
            {{{"case", "a"},
              {"class", "Radius"},
              {"split", "test"},
              {"arm", "strategy"},
              {"metric", "dice"},
              {"value", 0.5 + n},
              {"unit", nullptr},
              {"estimated", false}},
             {{"case", "a"},
              {"class", "Ulna"},
              {"split", "test"},
              {"arm", "control"},
              {"metric", "hd95"},
              {"value", nullptr},
              {"unit", "mm"},
              {"estimated", true}}}}});
    return {{"id", "r1"},          {"state", "done"},           {"strategy", "sam-carries-the-burden"}, {"seed", 18446744073709551615U},
            {"plan_sha256", "cd"}, {"weights_sha256", nullptr}, {"environment", {{"device", "cpu"}}},   {"rounds", std::move(list)}};
  }
  std::filesystem::path runFolder() const { return folder() / "runs/r1"; }
  void write(const Json& json) const {
    std::filesystem::create_directories(runFolder());
    writeJsonAtomically(runFolder() / "run.json", json);
  }

 private:
  Project m_project;
};

TEST_F(RunTest, IsTakenInOnceAndUpdatedWhenItWentOn) {
  write(result(1));
  EXPECT_EQ(ingestRun(project(), "r1"), IngestOutcome::TakenIn);
  const auto entries = project().auditLog().size();
  EXPECT_EQ(ingestRun(project(), "r1"), IngestOutcome::AlreadyThere);
  EXPECT_EQ(project().auditLog().size(), entries) << "taking in twice changes nothing";
  const RunRecord first = *project().run("r1");
  EXPECT_EQ(first.seed, 18446744073709551615U);
  ASSERT_EQ(first.rounds.size(), 1U);
  EXPECT_EQ(first.rounds[0].stages[0].name, "propose");
  ASSERT_EQ(first.rounds[0].scores.size(), 2U);
  EXPECT_EQ(first.rounds[0].scores[0].value, 1.5);
  EXPECT_EQ(first.rounds[0].scores[0].className, "Radius");
  EXPECT_FALSE(first.rounds[0].scores[1].value.has_value());
  EXPECT_EQ(first.rounds[0].scores[1].unit, "mm");
  EXPECT_TRUE(first.rounds[0].scores[1].estimated);

  write({{"schema", "roundel.run/1"}, {"ok", true}, {"result", result(2)}});
  EXPECT_EQ(ingestRun(project(), "r1"), IngestOutcome::Updated);
  EXPECT_EQ(project().run("r1")->rounds.size(), 2U);
  EXPECT_EQ(toJson(*project().run("r1")), result(2)) << "the record gives back the document";
  EXPECT_EQ(project().runs().size(), 1U);
  EXPECT_TRUE(project().verifyAudit().faults.empty());
}

TEST_F(RunTest, ListedFilesAreVerified) {
  Json json = result(1);
  json["files"] = {{{"path", "round-1/model.safetensors"}, {"sha256", sha256Hex("weights")}}};
  write(json);
  EXPECT_EQ(codeOf([&] { ingestRun(project(), "r1"); }), "unreadable-file");
  std::filesystem::create_directories(runFolder() / "round-1");
  writeFileAtomically(runFolder() / "round-1/model.safetensors", "other weights");
  EXPECT_EQ(codeOf([&] { ingestRun(project(), "r1"); }), "hash-mismatch");
  EXPECT_FALSE(project().run("r1").has_value());
  writeFileAtomically(runFolder() / "round-1/model.safetensors", "weights");
  EXPECT_EQ(ingestRun(project(), "r1"), IngestOutcome::TakenIn);
}

TEST_F(RunTest, BadRecordsAreRefused) {
  const auto code = [&](const Json& json) {
    write(json);
    return codeOf([&] { ingestRun(project(), "r1"); });
  };
  EXPECT_EQ(codeOf([&] { ingestRun(project(), "r1"); }), "unknown-run");
  EXPECT_EQ(codeOf([&] { ingestRun(project(), "../x"); }), "bad-run-id");
  EXPECT_EQ(code(Json::array()), "bad-document");
  EXPECT_EQ(code({{"id", 3}}), "bad-document");
  Json other = result(1);
  other["id"] = "r2";
  EXPECT_EQ(code(other), "bad-document");
  Json twice = result(2);
  twice["rounds"][1]["n"] = 1;
  EXPECT_EQ(code(twice), "bad-document");
  for (const char* path : {"/etc/passwd", "../../project.db", ""}) {
    Json leaving = result(1);
    leaving["files"] = {{{"path", path}, {"sha256", ""}}};
    EXPECT_EQ(code(leaving), "bad-document") << path;
  }
  write(result(1));
  writeFileAtomically(runFolder() / "run.json", "{\"id\": ");
  EXPECT_EQ(codeOf([&] { ingestRun(project(), "r1"); }), "bad-document");
  const IngestReport report = ingestAll(project());
  EXPECT_TRUE(report.takenIn.empty());
  EXPECT_EQ(report.warnings.size(), 1U);
}

TEST_F(RunTest, AllFinishedRunsAreTakenIn) {
  write(result(1));
  std::filesystem::create_directories(folder() / "runs/unfinished");
  EXPECT_EQ(ingestAll(project()).takenIn, std::vector<std::string>{"r1"});
  EXPECT_TRUE(ingestAll(project()).takenIn.empty());
}

TEST_F(RunTest, DecisionsReachTheRunAsFiles) {
  write(result(1));
  project().addDecisions("r1", {{.caseName = "a.png", .className = "Radius", .verdict = Verdict::Accept},
                                {.caseName = "b", .verdict = Verdict::Reject, .note = "blurred"}});
  project().addDecisions("r1", {{.caseName = "a", .className = "Radius", .verdict = Verdict::Review},
                                {.caseName = "b", .className = "Ulna", .verdict = Verdict::Accept}});
  const auto stored = project().decisions("r1");
  const auto read = readDecisions(runFolder());
  ASSERT_EQ(stored.size(), 3U);
  ASSERT_EQ(read.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(toJson(stored[i]), toJson(read[i]));
  EXPECT_EQ(read[0].caseName, "a");
  EXPECT_EQ(read[0].verdict, Verdict::Review) << "the newest counts";
  EXPECT_EQ(read[0].who, "anna");
  EXPECT_EQ(read[1].className, "") << "the case as a whole stays rejected,";
  EXPECT_EQ(read[1].verdict, Verdict::Reject);
  EXPECT_EQ(read[2].className, "Ulna") << "but for one class";
  project().addDecisions("r1", {{.caseName = "b", .verdict = Verdict::Accept}});
  EXPECT_EQ(readDecisions(runFolder()).size(), 2U) << "a decision about the whole case replaces those about its classes";
  EXPECT_TRUE(readDecisions(folder() / "runs/none").empty());
}

TEST_F(RunTest, DecisionsAboutNothingAreRefused) {
  EXPECT_EQ(codeOf([&] { project().addDecisions("r1", {{.caseName = "a"}}); }), "unknown-run");
  write(result(1));
  EXPECT_EQ(codeOf([&] { project().addDecisions("r1", {{.caseName = "z"}}); }), "unknown-case");
  EXPECT_EQ(codeOf([&] { project().addDecisions("r1", {{.caseName = "a", .className = "Radus"}}); }), "unknown-class");
  EXPECT_TRUE(project().decisions("r1").empty());
  EXPECT_TRUE(readDecisions(runFolder()).empty());
  std::filesystem::create_directories(runFolder() / "decisions");
  writeFileAtomically(runFolder() / "decisions/000001.json", "[]");
  EXPECT_EQ(codeOf([&] { readDecisions(runFolder()); }), "bad-document");
}

TEST_F(RunTest, DecisionListsAreReadFromCsvAndJson) {
  const auto csv = decisionsFromText("case,class,decision,note\r\na,,accept,\r\n\"b, left\",Ulna,reject,\"too \"\"bright\"\"\"\n");
  ASSERT_EQ(csv.size(), 2U);
  EXPECT_EQ(csv[0].className, "");
  EXPECT_EQ(csv[1].caseName, "b, left");
  EXPECT_EQ(csv[1].note, "too \"bright\"");
  EXPECT_EQ(csv[1].verdict, Verdict::Reject);
  const auto json = decisionsFromText(R"( [{"case": "a", "class": null, "decision": "review"}])");
  ASSERT_EQ(json.size(), 1U);
  EXPECT_EQ(json[0].verdict, Verdict::Review);
  EXPECT_EQ(decisionsFromText("\xEF\xBB\xBF[{\"case\": \"a\", \"decision\": \"accept\"}]").size(), 1u) << "a byte order mark is no text";
  EXPECT_TRUE(decisionsFromText("").empty());
  for (const char* bad : {"case,verdict\na,accept", "case,class,decision\na,b", "case,decision\na,maybe", "case,decision\n\"a,accept",
                          "case,decision\n,accept", "[{\"case\": 3}]", "[", "[{\"case\": \"a\"}]"})
    EXPECT_EQ(codeOf([&] { decisionsFromText(bad); }), "bad-decisions") << bad;
}

TEST_F(RunTest, TheNewestPromotedModelCounts) {
  EXPECT_FALSE(project().promotedModel().has_value());
  project().promote({.run = "r1", .round = 1, .path = "runs/r1/round-1/model.safetensors", .sha256 = "aa"});
  project().promote({.run = "r1", .round = 2, .arm = "control", .path = "runs/r1/round-2/model.safetensors", .sha256 = "bb"});
  const auto model = *project().promotedModel();
  EXPECT_EQ(model.round, 2);
  EXPECT_EQ(model.arm, "control");
  EXPECT_EQ(model.sha256, "bb");
  EXPECT_EQ(model.who, "anna");
  EXPECT_TRUE(project().verifyAudit().faults.empty());
}

}  // namespace
}  // namespace roundel
