#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <random>

#include "cli/serve_client.h"
#include "cli/studies.h"
#include "core/mask.h"
#include "imaging/image_writer.h"

namespace roundel::test {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A bright disc on a dark, slightly uneven ground.
std::string writeDisc(const TempFolder& folder, int width = 64, int height = 32) {
  std::vector<std::uint8_t> grey;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const double dx = (x - 0.5 * width) / height, dy = (y - 0.5 * height) / height;
      grey.push_back(static_cast<std::uint8_t>((dx * dx + dy * dy < 0.1 ? 180 : 50) + (7 * x + 13 * y) % 11));
    }
  writeGreyPng(folder / "picture.png", width, height, grey);
  return folder / "picture.png";
}

Json openRequest(const std::string& image, const std::string& generalist = "random-walker") {
  return {{"id", "case"}, {"type", "open"}, {"image", image}, {"generalist", generalist}};
}

Json clickAt(const Json& id, int x, int y) {
  return {{"id", id}, {"type", "prompt"}, {"case_id", "case"}, {"points", {{{"x", x}, {"y", y}, {"positive", true}}}}};
}

/// What a session leaves in its folder for temporary files.
std::vector<std::string> foldersIn(const TempFolder& folder) {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(folder.path()))
    if (entry.is_directory() && entry.path().filename().string().rfind("roundel", 0) == 0)
      found.push_back(entry.path().filename().string());
  return found;
}

TEST(Serve, GivesTheMasksThatSegmentGives) {
  for (const std::string generalist : {"random-walker", "graph-cut"}) {
    const TempFolder folder;
    const std::string image = writeDisc(folder);
    const Json segmented = resultOf({"segment", "--generalist", generalist, "--image", image, "--box", "20,4,44,28", "--box", "1,1,9,9",
                                     "--point", "32,16,+", "--point", "60,3,-", "--out", folder / "mask.png"});
    ServeClient client(folder);
    client.resultOf(openRequest(image, generalist));
    const Json answer =
        client.resultOf({{"id", 1},
                         {"type", "prompt"},
                         {"case_id", "case"},
                         {"boxes", {{20, 4, 44, 28}, {1, 1, 9, 9}}},
                         {"points", {{{"x", 32}, {"y", 16}, {"positive", true}}, {{"x", 60}, {"y", 3}, {"positive", false}}}}});
    EXPECT_EQ(answer["generalist_sha256"], segmented["generalist_sha256"]);
    ASSERT_EQ(answer["masks"].size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
      const Json &one = answer["masks"][i], &other = segmented["masks"][i];
      for (const char* key : {"area", "bounds", "score"}) EXPECT_EQ(one[key], other[key]) << key;
      const Mask mask = maskFromJson(one["mask"]);
      std::vector<std::uint8_t> pixels(static_cast<std::size_t>(mask.size().count()), 0);
      mask.paintInto(pixels, 255);
      EXPECT_EQ(encodeGreyPng(64, 32, pixels), textOf(other["file"].get<std::string>())) << generalist << " " << i;
    }
    EXPECT_GT(answer["masks"][0]["area"].get<int>(), 100);
    EXPECT_GE(answer["masks"][0]["stability"].get<double>(), 0.5);
  }
}

TEST(Serve, EndsWithItsInputAndLeavesNothing) {
  const TempFolder folder;
  const std::string image = writeDisc(folder);
  ServeClient client(folder);
  client.send(openRequest(image));
  client.send(clickAt(1, 32, 16));
  client.send(openRequest("/nowhere/secret-name.png"));
  client.closeInput();
  const auto exit = client.wait();
  EXPECT_EQ(exit.code, 0) << exit.log;
  EXPECT_EQ(client.answerTo(1)["type"], "result") << "what was asked is answered";
  EXPECT_EQ(client.messages().front()["type"], "hello");
  EXPECT_TRUE(foldersIn(folder).empty());
  for (const char* name : {"picture", "secret"}) EXPECT_EQ(exit.log.find(name), std::string::npos) << exit.log;
}

TEST(Serve, SurvivesAClientThatMisbehaves) {
  const TempFolder folder;
  ServeClient client(folder);
  client.resultOf(openRequest(writeDisc(folder)));
  const auto before = client.resultOf({{"id", "before"}, {"type", "status"}})["memory"]["resident_bytes"].get<std::int64_t>();
  client.sendText("{\"id\": \"half\", \"type\": \"sta");
  ::usleep(100'000);
  client.sendText("tus\"}\n");
  EXPECT_EQ(client.answerTo("half")["type"], "result") << "the other half came later";
  client.sendText("{\"id\": \"cut\", \"type\": \"sta\n");
  client.sendText("\n\r\n[]\nnull\n\"text\"\n{}\n{\"id\": {}}\n" + std::string(5000, '[') + "\n" + std::string("\0\0\0\n", 4));
  client.send({{"id", "fly"}, {"type", "fly"}});
  EXPECT_EQ(client.answerTo("fly")["error"]["code"], "unknown-message");
  client.sendText(std::string(10'000'000, 'x') + "\n");
  std::mt19937 random(1);
  std::string garbage(10'000'000, '\0');
  for (auto& byte : garbage) byte = static_cast<char>(random());
  client.sendText(garbage + "\n");
  const auto after = client.resultOf({{"id", "after"}, {"type", "status"}})["memory"]["resident_bytes"].get<std::int64_t>();
  EXPECT_LT(after - before, std::int64_t{48} << 20) << "garbage is not held";
  int tooLong = 0;
  for (const auto& message : client.messages())
    if (message["type"] == "error" && message["error"]["code"] == "line-too-long") ++tooLong;
  EXPECT_EQ(tooLong, 1);
  EXPECT_EQ(client.resultOf(clickAt("click", 32, 16))["masks"].size(), 1U) << "and it goes on";
  client.closeInput();
  EXPECT_EQ(client.wait().code, 0);
}

TEST(Serve, AThousandHoverPromptsInASecondAreAnsweredOnceEach) {
  const TempFolder folder;
  ServeClient client(folder);
  client.resultOf(openRequest(writeDisc(folder, 256, 128)));
  const auto begin = Clock::now();
  for (int i = 0; i < 1000; ++i) {
    Json hover = clickAt(i, 100 + i % 50, 64);
    hover["kind"] = "hover";
    client.send(hover);
    if (i % 10 == 9) ::usleep(10'000);
  }
  EXPECT_EQ(client.answerTo(999)["type"], "result") << "the latest wins";
  EXPECT_LT(Clock::now() - begin, seconds(10));
  EXPECT_EQ(client.resultOf(clickAt("click", 128, 64))["masks"].size(), 1U);
  std::map<std::string, int> types;
  std::map<int, int> answers;
  for (const auto& message : client.messages())
    if (message["id"].is_number() && message["type"] != "progress") {
      ++types[message["type"]];
      ++answers[message["id"].get<int>()];
    }
  EXPECT_EQ(answers.size(), 1000U);
  for (const auto& [id, count] : answers) EXPECT_EQ(count, 1) << id;
  EXPECT_EQ(types["superseded"] + types["result"], 1000);
  EXPECT_GE(types["result"], 2) << "a pointer that never rests sees masks too";
}

TEST(Serve, AClosedOutputEndsItQuietly) {
  const TempFolder folder;
  ServeClient client(folder);
  client.resultOf(openRequest(writeDisc(folder)));
  client.closeOutput();
  for (int i = 0; i < 3; ++i) client.send(clickAt(i, 32, 16));
  const auto exit = client.wait();
  EXPECT_FALSE(exit.killed) << "no SIGPIPE";
  EXPECT_EQ(exit.code, 0) << exit.log;
  EXPECT_LT(exit.seconds, 2);
  EXPECT_TRUE(foldersIn(folder).empty());
}

class ServeSignals : public testing::TestWithParam<int> {};

TEST_P(ServeSignals, EndItWithinASecond) {
  const TempFolder folder;
  ServeClient client(folder);
  client.resultOf(openRequest(writeDisc(folder, 512, 512)));
  for (int i = 0; i < 50; ++i) {
    Json click = clickAt(i, 256, 256);
    click["stability"] = 64;  // takes long
    client.send(click);
  }
  client.resultOf({{"id", "sync"}, {"type", "status"}});
  client.signal(GetParam());
  const auto exit = client.wait();
  EXPECT_FALSE(exit.killed);
  EXPECT_EQ(exit.code, 128 + GetParam()) << exit.log;
  EXPECT_LT(exit.seconds, 1.5);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(client.terminalsOf(i), 1) << i;
  EXPECT_EQ(client.answerTo(49)["type"], "cancelled");
  EXPECT_TRUE(foldersIn(folder).empty());
}

INSTANTIATE_TEST_SUITE_P(Both, ServeSignals, testing::Values(SIGINT, SIGTERM),
                         [](const auto& one) { return std::string(one.param == SIGINT ? "Interrupt" : "Terminate"); });

TEST(Serve, WhatAKilledSessionLeftGoesWithTheNext) {
  const TempFolder folder;
  {
    ServeClient client(folder);
    client.waitUntilReady();
  }
  EXPECT_EQ(foldersIn(folder).size(), 1U);
  ServeClient client(folder);
  client.waitUntilReady();
  EXPECT_EQ(foldersIn(folder).size(), 1U) << "its own";
  client.closeInput();
  EXPECT_EQ(client.wait().code, 0);
  EXPECT_TRUE(foldersIn(folder).empty());
}

TEST(Serve, ADeviceThatIsNotThereIsSaidAndEndsIt) {
  const TempFolder folder;
  ServeClient client(folder, {"--device", "cuda:99"});
  const auto exit = client.wait();
  EXPECT_EQ(exit.code, 5) << exit.log;
  EXPECT_EQ(client.messages().back()["error"]["code"], "no-device");
}

}  // namespace
}  // namespace roundel::test
