#include "service/session.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "engine/service/session_client.h"

namespace roundel {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::SessionClient;

Json prompt(const Json& id, const std::string& kind = "click") {
  return {{"id", id}, {"type", "prompt"}, {"case_id", "case"}, {"boxes", {{10, 5, 20, 15}}}, {"kind", kind}, {"stability", 0}};
}

TEST(Session, GreetsAndIsReadyInStages) {
  SessionClient client;
  const Json hello = client.next();
  EXPECT_EQ(hello["type"], "hello");
  EXPECT_EQ(hello["id"], nullptr);
  EXPECT_EQ(hello["protocol"], kProtocol);
  EXPECT_EQ(hello["version"], "test");
  for (const char* stage : {"protocol", "device", "prompts"}) {
    const Json ready = client.next();
    EXPECT_EQ(ready["type"], "ready");
    EXPECT_EQ(ready["stage"], stage);
    EXPECT_GE(ready["seconds"].get<double>(), 0);
  }
  EXPECT_EQ(client.resultOf({{"id", 1}, {"type", "hello"}, {"protocol", kProtocol}})["protocol"], kProtocol);
  EXPECT_EQ(client.errorOf({{"id", 2}, {"type", "hello"}, {"protocol", 99}}), "unknown-protocol");
}

TEST(Session, OpensOnceAndAnswersPrompts) {
  SessionClient client;
  const Json opened = client.resultOf({{"id", "case"}, {"type", "open"}, {"image", client.image()}, {"generalist", "fake"}});
  EXPECT_EQ(opened["size"], Json::parse("[64, 32, 1]"));
  EXPECT_EQ(opened["generalist_sha256"], "fake/1");
  const Json answer =
      client.resultOf({{"id", 1}, {"type", "prompt"}, {"case_id", "case"}, {"boxes", {{10, 5, 20, 15}, {30, 5, 32, 6}}}, {"class", 3}});
  ASSERT_EQ(answer["masks"].size(), 2U);
  const Json& mask = answer["masks"][0];
  EXPECT_EQ(mask["area"], 100);
  EXPECT_EQ(mask["bounds"], Json::parse("[10, 5, 20, 15]"));
  EXPECT_EQ(mask["score"], 0.5);
  EXPECT_GT(mask["stability"].get<double>(), 0.0);
  EXPECT_EQ(maskFromJson(mask["mask"]).area(), 100);
  EXPECT_EQ(answer["class"], 3);
  EXPECT_GE(answer["milliseconds"]["segment"].get<double>(), 0);
  client.resultOf(prompt(2));
  EXPECT_EQ(client.fake().embedded(), 1);
  client.resultOf({{"id", "again"}, {"type", "open"}, {"image", client.image()}, {"generalist", "fake"}});
  EXPECT_EQ(client.fake().embedded(), 1) << "the same picture, still remembered";
}

TEST(Session, PassesOnWhatItsWorkWarnsOf) {
  SessionClient client;
  client.open();
  EXPECT_FALSE(client.resultOf(prompt(1)).contains("warnings"));
  client.fake().warnOf("The memory is short.");
  EXPECT_EQ(client.resultOf(prompt(2))["warnings"], Json::parse(R"([{"code": "fake-warning", "message": "The memory is short."}])"));
}

TEST(Session, HandsThePreviousMaskBack) {
  SessionClient client;
  client.open();
  Json again = prompt(1);
  again["mask"] = "previous";
  EXPECT_EQ(client.errorOf(again), "no-previous-mask");
  client.resultOf(prompt(2));
  client.resultOf(prompt(3, "hover"));  // is no previous one
  again["id"] = 4;
  client.resultOf(again);
  const auto logits = client.fake().promptsOf(2).at(0).mask;
  ASSERT_TRUE(logits);
  EXPECT_EQ(logits->values, std::vector<float>{1}) << "of the first call";
  again["id"] = 5;
  again["class"] = 7;
  EXPECT_EQ(client.errorOf(again), "no-previous-mask") << "of another class";
  Json given = prompt(6);
  given["mask"] = {{"size", {64, 32, 1}}, {"runs", {0, 5, 64, 5}}};
  client.resultOf(given);
  EXPECT_EQ(client.fake().promptsOf(3).at(0).mask->values, std::vector<float>{-10});
  given["id"] = 7;
  given["mask"]["runs"] = {0, 999'999};
  EXPECT_EQ(client.errorOf(given), "bad-mask");
}

TEST(Session, AGeneralistThatTakesNoMaskSaysSo) {
  SessionClient client;
  client.resultOf({{"id", "case"}, {"type", "open"}, {"image", client.image()}, {"generalist", "fake"}, {"set", {{"takes_mask", false}}}});
  client.resultOf(prompt(1));
  Json again = prompt(2);
  again["mask"] = "previous";
  EXPECT_EQ(client.errorOf(again), "no-mask-prompt");
}

TEST(Session, TheLatestHoverWinsAndEveryOneIsAnsweredOnce) {
  SessionClient client;
  client.open();
  client.fake().hold();
  client.send(prompt("first", "hover"));
  ASSERT_TRUE(client.fake().waitForCalls(1));
  for (int i = 0; i < 500; ++i) client.send(prompt(i, "hover"));
  client.send({{"id", "sync"}, {"type", "status"}});
  EXPECT_EQ(client.answerTo("sync")["result"]["requests"]["waiting"], 1);
  client.fake().letGo();
  EXPECT_EQ(client.answerTo(499)["type"], "result");
  client.closeInput();
  client.end();
  EXPECT_EQ(client.answerTo("first")["type"], "result");
  for (int i = 0; i < 499; ++i) {
    const Json answer = client.answerTo(i);
    EXPECT_EQ(answer["type"], "superseded");
    EXPECT_EQ(answer["by"], i + 1);
    EXPECT_EQ(client.terminalsOf(i), 1);
  }
  EXPECT_EQ(client.fake().calls(), 2);
}

TEST(Session, AClickStopsTheHoverThatIsComputed) {
  SessionClient client;
  client.open();
  client.fake().hold();
  client.send(prompt("hover", "hover"));
  ASSERT_TRUE(client.fake().waitForCalls(1));
  client.send(prompt("click"));
  ASSERT_TRUE(client.fake().waitForCalls(2));
  client.fake().letGo();
  EXPECT_EQ(client.answerTo("hover")["type"], "superseded");
  EXPECT_EQ(client.answerTo("hover")["by"], "click");
  EXPECT_EQ(client.answerTo("click")["type"], "result");
}

TEST(Session, CancelReachesWhatWaitsAndWhatRuns) {
  SessionClient client;
  client.open();
  client.fake().hold();
  client.send(prompt("running"));
  ASSERT_TRUE(client.fake().waitForCalls(1));
  client.send(prompt("waiting"));
  EXPECT_EQ(client.resultOf({{"id", 1}, {"type", "cancel"}, {"request", "waiting"}})["was"], "waiting");
  EXPECT_EQ(client.answerTo("waiting")["type"], "cancelled");
  EXPECT_EQ(client.answerTo("waiting")["reason"], "asked");
  EXPECT_EQ(client.resultOf({{"id", 2}, {"type", "cancel"}, {"request", "running"}})["was"], "running");
  EXPECT_EQ(client.answerTo("running")["type"], "cancelled");
  EXPECT_EQ(client.resultOf({{"id", 3}, {"type", "cancel"}, {"request", "running"}})["was"], "unknown");
  client.fake().letGo();
  client.resultOf(prompt("after"));
  EXPECT_EQ(client.fake().calls(), 2) << "what was cancelled while it waited was never computed";
}

TEST(Session, BadLinesAreAnsweredAndForgotten) {
  SessionClient client;
  client.sendText("garbage\n{\"id\": \"half\", \"type\": \n\n");
  client.sendText(R"({"id": 1, "type": "fly"})"
                  "\n");
  EXPECT_EQ(client.answerTo(1)["error"]["code"], "unknown-message");
  int complaints = 0;
  for (const auto& message : client.seen())
    if (message["id"].is_null() && message["type"] == "error") {
      ++complaints;
      EXPECT_EQ(message["error"]["code"], "bad-line");
      EXPECT_EQ(message["line"], complaints);
    }
  EXPECT_EQ(complaints, 2);
  EXPECT_EQ(client.errorOf({{"id", 2}, {"type", "prompt"}, {"case_id", "none"}, {"boxes", {{1, 1, 2, 2}}}}), "unknown-case-id");
  EXPECT_EQ(client.errorOf({{"id", 3}, {"type", "open"}, {"image", "/nowhere.png"}, {"generalist", "fake"}}), "unreadable-image");
  EXPECT_EQ(client.errorOf({{"id", 4}, {"type", "open"}, {"image", client.image()}, {"generalist", "fak"}}), "unknown-generalist");
  EXPECT_EQ(client.errorOf({{"id", 5}, {"type", "open"}, {"generalist", "fake"}}), "bad-field");
  EXPECT_EQ(client.errorOf({{"id", 6}, {"type", "open"}, {"project", "/nowhere"}, {"case", "one"}, {"generalist", "fake"}}), "no-project");
  client.open();
  // An answered request's id may come again, but an open case's may not name a second one.
  client.send({{"id", "case"}, {"type", "open"}, {"image", client.image()}, {"generalist", "fake"}});
  EXPECT_EQ(client.next()["error"]["code"], "case-open");
}

TEST(Session, HostilePromptsAreRefused) {
  SessionClient client;
  client.open();
  int id = 0;
  for (const char* fields : {R"("boxes": [[1, 2, 3]])", R"("boxes": [[1, 2, 1, 9]])", R"("boxes": [[0, 0, 1e300, 1]])", R"("boxes": 7)",
                             R"("boxes": [["a", 0, 1, 1]])", R"("points": [{"x": 1}])", R"("points": [{"x": 1, "y": 1, "positive": 1}])",
                             R"("points": [{"x": 1, "y": 1, "positiv": true}])", R"("points": [7])",
                             R"("boxes": [[1, 1, 3, 3], [2, 2, 4, 4]], "mask": {"size": [64, 32, 1], "runs": []})"}) {
    ++id;
    client.sendText(R"({"id": )" + std::to_string(id) + R"(, "type": "prompt", "case_id": "case", )" + fields + "}\n");
    EXPECT_EQ(client.answerTo(id)["error"]["code"], "bad-prompt") << fields;
  }
  for (const char* fields : {R"("boxes": [[-9, 5, 0, 15]])", R"("boxes": [[64, 5, 70, 15]])", R"("boxes": [[5, 32, 9, 40]])",
                             R"("points": [{"x": 64, "y": 1, "positive": true}])", R"("points": [{"x": 1, "y": -1, "positive": true}])",
                             R"("points": [{"x": 1, "y": 1, "z": 1, "positive": true}])"}) {
    ++id;
    client.sendText(R"({"id": )" + std::to_string(id) + R"(, "type": "prompt", "case_id": "case", )" + fields + "}\n");
    EXPECT_EQ(client.answerTo(id)["error"]["code"], "bad-prompt") << fields << " is not on the image";
  }
  EXPECT_EQ(client.errorOf({{"id", "nothing"}, {"type", "open"}, {"image", ""}}), "bad-field");
  EXPECT_EQ(client.errorOf({{"id", "empty"}, {"type", "prompt"}, {"case_id", "case"}}), "empty-prompt");
  EXPECT_EQ(client.errorOf({{"id", "class"}, {"type", "prompt"}, {"case_id", "case"}, {"boxes", {{1, 1, 2, 2}}}, {"class", "tooth"}}),
            "bad-field");
  EXPECT_EQ(client.fake().calls(), 0);
}

TEST(Session, AnIdInUseKeepsItsOneAnswer) {
  SessionClient client;
  client.open();
  client.fake().hold();
  client.send(prompt(1));
  ASSERT_TRUE(client.fake().waitForCalls(1));
  client.send(prompt(1));
  client.send({{"id", 1}, {"type", "no such thing"}});
  client.resultOf({{"id", "sync"}, {"type", "status"}});
  client.fake().letGo();
  EXPECT_EQ(client.answerTo(1)["type"], "result");
  client.closeInput();
  client.end();
  EXPECT_EQ(client.terminalsOf(1), 1);
  EXPECT_EQ(client.terminalsOf(nullptr), 2) << "both were refused without an id";
}

TEST(Session, StatusAnswersWhileItComputes) {
  SessionClient client;
  client.open();
  client.fake().hold();
  client.send(prompt("running"));
  ASSERT_TRUE(client.fake().waitForCalls(1));
  const Json status = client.resultOf({{"id", 1}, {"type", "status"}});
  EXPECT_EQ(status["requests"]["running"], "running");
  EXPECT_EQ(status["device"]["device"], "cpu");
  EXPECT_GT(status["memory"]["device_free_bytes"].get<std::uint64_t>(), 0U);
  EXPECT_GT(status["memory"]["resident_bytes"].get<std::uint64_t>(), 0U);
  ASSERT_EQ(status["cases"].size(), 1U);
  EXPECT_EQ(status["cases"][0]["case_id"], "case");
  EXPECT_EQ(status["cache"]["embeddings"], 1);
  EXPECT_EQ(status.dump().find("picture"), std::string::npos) << "file names stay out of it";
}

TEST(Session, ModelsSaysWhatCanBeSet) {
  SessionClient client;
  const Json models = client.resultOf({{"id", 1}, {"type", "models"}})["models"];
  ASSERT_EQ(models.size(), 1U);
  EXPECT_EQ(models[0]["name"], "fake");
  EXPECT_EQ(models[0]["params"][0]["name"], "takes_mask");
}

TEST(Session, ClosedCasesAreForgotten) {
  SessionClient client([](ServiceOptions& options) { options.limits.inlineBytes = 4; });
  client.open();
  const Json runs = client.resultOf(prompt(1))["masks"][0]["mask"]["runs"];
  ASSERT_TRUE(runs.is_object()) << "too large for the line";
  EXPECT_TRUE(std::filesystem::exists(runs["path"].get<std::string>()));
  client.resultOf({{"id", 2}, {"type", "close"}, {"case_id", "case"}});
  EXPECT_FALSE(std::filesystem::exists(runs["path"].get<std::string>()));
  EXPECT_EQ(client.errorOf(prompt(3)), "unknown-case-id");
  EXPECT_EQ(client.errorOf({{"id", 4}, {"type", "close"}, {"case_id", "case"}}), "unknown-case-id");
}

TEST(Session, BoundsHold) {
  SessionClient client([](ServiceOptions& options) {
    options.limits.waiting = 2;
    options.limits.openCases = 1;
  });
  client.open();
  EXPECT_EQ(client.errorOf({{"id", "two"}, {"type", "open"}, {"image", client.image()}, {"generalist", "fake"}}), "too-many-cases");
  client.fake().hold();
  client.send(prompt(0));
  ASSERT_TRUE(client.fake().waitForCalls(1));
  for (int i = 1; i <= 3; ++i) client.send(prompt(i));
  EXPECT_EQ(client.answerTo(3)["error"]["code"], "too-many-waiting");
  client.fake().letGo();
  EXPECT_EQ(client.answerTo(2)["type"], "result");
}

TEST(Session, AtTheEndOfItsInputItAnswersWhatWasAsked) {
  SessionClient client;
  client.send({{"id", "case"}, {"type", "open"}, {"image", client.image()}, {"generalist", "fake"}});
  for (int i = 0; i < 5; ++i) client.send(prompt(i));
  client.sendText(R"({"id": "last", "type": "status"})");  // without a line's end
  client.closeInput();
  const SessionEnd end = client.end();
  EXPECT_EQ(end.why, SessionEnd::Why::InputEnded);
  EXPECT_FALSE(end.computing);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.answerTo(i)["type"], "result");
  EXPECT_EQ(client.answerTo("last")["type"], "result");
}

TEST(Session, ShutdownCancelsTheRestAndAnswersLast) {
  SessionClient client;
  client.open();
  client.fake().hold();
  client.send(prompt("running"));
  ASSERT_TRUE(client.fake().waitForCalls(1));
  client.send(prompt("waiting"));
  client.sendText(R"({"id": "end", "type": "shutdown"})"
                  "\n"
                  R"({"id": "late", "type": "status"})"
                  "\n");
  EXPECT_EQ(client.end().why, SessionEnd::Why::Shutdown);
  for (const char* id : {"running", "waiting"}) {
    EXPECT_EQ(client.answerTo(id)["type"], "cancelled");
    EXPECT_EQ(client.answerTo(id)["reason"], "ended");
  }
  EXPECT_EQ(client.seen().back()["id"], "end");
  EXPECT_EQ(client.seen().back()["type"], "result");
}

// What is held here is held until it is let go: a session that waited for it, or for its client, would not end. How long a session takes
// to end on a machine that is free is what its two limits say.
TEST(Session, WaitsLessThanASecondForWhatDoesNotEnd) {
  const ServiceLimits limits;
  EXPECT_LT(limits.patience + limits.unreadPatience, seconds(1));
}

TEST(Session, AStopEndsItAlsoForAClientThatDoesNotRead) {
  SessionClient client;
  client.open();
  client.fake().hold();
  client.send(prompt("running"));
  ASSERT_TRUE(client.fake().waitForCalls(1));
  for (int i = 0; i < 1000; ++i) client.send({{"id", i}, {"type", "status"}});  // answers fill the pipe
  while (!client.full()) std::this_thread::sleep_for(milliseconds(5));
  client.stop();
  EXPECT_EQ(client.endUnread().why, SessionEnd::Why::Stopped);
}

TEST(Session, WorkThatDoesNotStopIsGivenUp) {
  SessionClient client;
  client.open();
  client.fake().holdDeaf();
  client.send(prompt("running"));
  ASSERT_TRUE(client.fake().waitForCalls(1));
  client.stop();
  const SessionEnd end = client.end();
  EXPECT_TRUE(end.computing) << "so that the process ends without waiting for it";
  EXPECT_EQ(client.answerTo("running")["type"], "cancelled");
  EXPECT_FALSE(std::filesystem::exists(client.seen().front()["session_folder"].get<std::string>()));
}

TEST(Session, AClientThatGoesTakesTheWorkInHandAlong) {
  SessionClient client;
  client.open();
  client.fake().hold();
  client.send(prompt("running"));
  ASSERT_TRUE(client.fake().waitForCalls(1));
  client.closeOutput();
  SessionEnd end;
  std::thread waiter([&] { end = client.end(); });
  waiter.join();
  EXPECT_EQ(end.why, SessionEnd::Why::ClientGone);
}

TEST(Session, ADeviceThatIsNotThereIsSaid) {
  SessionClient client([](ServiceOptions& options) { options.device = "abacus"; });
  client.send({{"id", 1}, {"type", "open"}, {"image", client.image()}});
  client.end();
  EXPECT_EQ(client.failure(), "bad-device");
  EXPECT_EQ(client.seen().back()["error"]["code"], "bad-device");
  EXPECT_LE(client.terminalsOf(1), 1);
}

}  // namespace
}  // namespace roundel
