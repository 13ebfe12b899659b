#include <gtest/gtest.h>

#include <fstream>

#include "report/run_report.h"
#include "support/temporary_folder.h"

namespace roundel {
namespace {

TEST(RunReport, EveryWarningOfTheEventsIsThereOnceAndCutLinesHarmNothing) {
  const test::TemporaryFolder folder;
  std::ofstream(folder / "events.jsonl") << R"({"v": 1, "seq": 0, "type": "progress", "done": 1, "total": 2, "phase": "a \"warning\""}
{"v": 1, "seq": 1, "type": "warning", "code": "memory-short", "case": null, "message": "The processor takes over."}
{"v": 1, "seq": 2, "type": "warning", "code": "not-converged", "case": null, "message": "Still falling."}
{"v": 1, "seq": 3, "type": "warning", "code": "memory-short", "case": null, "message": "The processor takes over."}
{"v": 1, "seq": 4, "type": "warning", "code": "bad", "case": "one", "message": "Odd."}
[1, "warning"]
{"v": 1, "seq": 5, "type": "warn)"
                                         << "ing\", \"co";
  const auto warnings = warningsIn(folder / "events.jsonl");
  ASSERT_EQ(warnings.size(), 3U);
  EXPECT_EQ(warnings[0].code, "memory-short");
  EXPECT_EQ(warnings[0].caseName, "");
  EXPECT_EQ(warnings[1].message, "Still falling.");
  EXPECT_EQ(warnings[2].caseName, "one");
  EXPECT_TRUE(warningsIn(folder / "none.jsonl").empty());
}

}  // namespace
}  // namespace roundel
