#include <unistd.h>

#include "cli/studies.h"

namespace roundel::test {
namespace {

TEST(Document, SuccessIsOneDocumentOnStandardOutputAlone) {
  const Ended ended = roundel({"--json", "devices"});
  EXPECT_EQ(ended.code, 0);
  const Json json = document(ended, "devices");
  EXPECT_TRUE(json["ok"].get<bool>());
  EXPECT_TRUE(json["error"].is_null());
}

TEST(Document, TheFlagMayStandBeforeOrAfterTheVerb) {
  EXPECT_EQ(document(roundel({"--json", "describe"}), "describe"), document(roundel({"describe", "--json"}), "describe"));
}

TEST(Document, WithoutTheFlagThereIsTextForPeople) {
  const Ended ended = roundel({"devices"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_FALSE(ended.out.empty());
  EXPECT_TRUE(Json::parse(ended.out, nullptr, false).is_discarded());
}

TEST(Document, AnErrorWithoutTheFlagLeavesStandardOutputEmpty) {
  const Ended ended = roundel({"info", "/nowhere/at/all"});
  EXPECT_EQ(ended.code, 3);
  EXPECT_EQ(ended.out, "");
  EXPECT_NE(ended.err.find("/nowhere/at/all"), std::string::npos);
}

TEST(Document, EveryKindOfErrorIsADocument) {
  const TempFolder folder;
  errorOf({"info", folder / "no-project"}, 3);
  errorOf({"predict", "--model", folder / "none", "x.png", "--out", folder / "out"}, 3);
  errorOf({"report", folder / "no-project", "--run", "r0001", "--out", folder / "out"}, 3);
  errorOf({"verify", folder / "no-project"}, 3);
  errorOf({"train", folder / "no-project", "--out", folder / "model"}, 3);
  errorOf({"run", folder / "no-project"}, 3);
  errorOf({"evaluate", "--pred", folder / "a", "--truth", folder / "b"}, 3);
  errorOf({"segment", "--generalist", "graph-cut", "--image", folder / "none.png", "--box", "1,1,5,5"}, 3);
  errorOf({"decode", folder / "none.png", "--out", folder / "decoded"}, 3);
  errorOf({"prompts", "--prediction", folder / "none.safetensors"}, 3);
  errorOf({"phantom", "dental", folder / "p", "--cases", "0"}, 2);
  errorOf({"phantom", "whale", folder / "p"}, 2);
}

TEST(Document, ErrorsNameThePath) {
  const TempFolder folder;
  const std::string path = folder / "no-project";
  EXPECT_EQ(errorOf({"info", path}, 3)["path"], path);
}

TEST(Document, LogsAndProgressGoToStandardErrorAlone) {
  const TempFolder folder;
  const std::string study = makeStudy(folder);
  const Ended ended = roundel(tinyRun({"run", study, "--strategy", "supervised", "--control", "none"}), std::chrono::seconds(120));
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(ended.err.find("Computing on"), std::string::npos);
  EXPECT_EQ(ended.out.find("Computing on"), std::string::npos);
  EXPECT_NE(ended.out.find("finished"), std::string::npos) << ended.out;
  EXPECT_EQ(ended.err.find('\r'), std::string::npos) << "no progress bar where nobody watches";
}

TEST(Document, QuietLeavesStandardErrorEmpty) {
  const TempFolder folder;
  const Ended ended = roundel({"--quiet", "phantom", "dental", folder / "p", "--cases", "2", "--width", "64", "--height", "32"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.err, "");
}

TEST(Document, AFileWithANameThatIsNotUtf8StaysAValidDocument) {
  const TempFolder folder;
  const Json error = errorOf({"info", folder / "no\xff\xfeproject"}, 3);
  EXPECT_NE(error["path"].get<std::string>().find("\xEF\xBF\xBD"), std::string::npos) << error.dump();
}

TEST(Document, TheLocaleChangesNothing) {
  const TempFolder folder;
  const std::string study = finishedStudy(folder);
  const auto with = [&](const std::string& locale) {
    Start start = program({"--json", "evaluate", study, "--run", "r0001", "--split", "test"});
    start.environment = {{"LC_ALL", locale}, {"LANG", locale}};
    return Process(start).wait();
  };
  const Ended plain = with("C");
  // Where the locale is not installed the program falls back to C; where it is, nothing may change either.
  for (const char* locale : {"de_DE.UTF-8", "tr_TR.UTF-8"}) EXPECT_EQ(with(locale).out, plain.out) << locale;
  EXPECT_NE(plain.out.find('.'), std::string::npos);
}

TEST(Document, AClosedStandardOutputIsNoCrash) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  Start start{.program = "/bin/sh", .arguments = {"-c", "exec \"$0\" describe >&9", ROUNDEL_PROGRAM}, .descriptor = ends[1]};
  Process process(start);
  ::close(ends[1]);
  const Ended ended = process.wait();
  EXPECT_FALSE(ended.killed) << ended.code;
}

}  // namespace
}  // namespace roundel::test
