#include <algorithm>
#include <set>
#include <sstream>

#include "cli/serve_client.h"
#include "cli/studies.h"

// docs/PROTOCOL.md is an account of one session: what it sends is sent, and every answer must be of the form it shows.

namespace roundel::test {
namespace {

/// One block of the document: what is sent together, and the answers to it.
struct Exchange {
  std::vector<Json> sent, answered;
};

struct Account {
  std::vector<Exchange> exchanges;
  std::vector<Json> fragments;
};

Account readAccount() {
  Account account;
  std::istringstream lines(textOf(ROUNDEL_PROTOCOL));
  bool open = false, fragment = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("```", 0) == 0) {
      open = !open;
      fragment = open && line == "```json";
      if (open && !fragment) account.exchanges.emplace_back();
    } else if (open) {
      const Json message = Json::parse(fragment ? line : line.substr(2), nullptr, false);
      EXPECT_TRUE(message.is_object()) << line;
      if (fragment) account.fragments.push_back(message);
      else (line[0] == '>' ? account.exchanges.back().sent : account.exchanges.back().answered).push_back(message);
    }
  }
  EXPECT_FALSE(open);
  return account;
}

/// Words that mean something, so that they have to be the same and not only texts.
bool isWord(const std::string& key) {
  static const std::set<std::string> kWords{"id",   "type",    "stage", "reason",     "by",   "was",  "request",
                                            "code", "case_id", "kind",  "generalist", "size", "takes"};
  return kWords.contains(key);
}

void expectSameForm(const Json& shown, const Json& actual, const std::string& where) {
  if (shown.is_null() || (where.ends_with("why_not_cuda") && actual.is_null())) return;
  if (shown.is_object()) {
    ASSERT_TRUE(actual.is_object()) << where << ": " << actual;
    if (where.ends_with("pixel_pipeline")) return;  // cut in the document
    for (const auto& [key, value] : shown.items()) {
      ASSERT_TRUE(actual.contains(key)) << where << "/" << key << " is documented, but not there: " << actual;
      if (isWord(key)) {
        EXPECT_EQ(actual[key], value) << where << "/" << key;
      } else {
        expectSameForm(value, actual[key], where + "/" + key);
      }
    }
    if (where.ends_with("/params")) return;  // cut too
    for (const auto& [key, value] : actual.items()) {
      EXPECT_TRUE(shown.contains(key)) << where << "/" << key << " is there, but not documented";
    }
  } else if (shown.is_array()) {
    ASSERT_TRUE(actual.is_array()) << where;
    if (!shown.empty() && !actual.empty()) expectSameForm(shown[0], actual[0], where);
  } else {
    EXPECT_TRUE(shown.type() == actual.type() || (shown.is_number() && actual.is_number())) << where << ": " << actual;
  }
}

/// Whether this may be the message that the document shows.
bool isSameMessage(const Json& shown, const Json& actual) {
  if (shown["id"] != actual["id"] || shown["type"] != actual["type"]) return false;
  for (const char* key : {"stage", "line"})
    if (shown.contains(key) != actual.contains(key)) return false;
  return !shown.contains("stage") || shown["stage"] == actual["stage"];
}

void expectAnswered(const Json& shown, const std::vector<Json>& messages) {
  const auto found = std::find_if(messages.begin(), messages.end(), [&](const Json& actual) { return isSameMessage(shown, actual); });
  if (found != messages.end()) return expectSameForm(shown, *found, shown["id"].dump() + " " + shown["type"].get<std::string>());
  // Whether there is time for progress is chance.
  if (shown["type"] != "progress") ADD_FAILURE() << "documented, but not said: " << shown;
}

void writeStudy(const TempFolder& folder) {
  std::vector<std::uint8_t> grey(64 * 32);
  for (int i = 0; i < 64 * 32; ++i) {
    const int dx = i % 64 - 32, dy = i / 64 - 16;
    grey[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>((dx * dx + dy * dy < 100 ? 180 : 50) + i % 7);
  }
  writeGreyPng(folder / "picture.png", 64, 32, grey);
  writeText(folder / "classes.json",
            R"({"images": [{"id": 1, "file_name": "picture.png", "width": 64, "height": 32}],
                "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [22, 6, 4, 4], "area": 16, "iscrowd": 0,
                                 "segmentation": [[22, 6, 26, 6, 26, 10, 22, 10]]}],
                "categories": [{"id": 1, "name": "bone"}]})");
  resultOf({"project", "new", folder / "study"});
  resultOf({"import", folder / "study", folder / "classes.json", "--format", "coco", "--images", folder.path().string()});
}

TEST(Protocol, IsWhatItsDocumentSays) {
  const TempFolder folder;
  writeStudy(folder);
  const Account account = readAccount();
  ASSERT_GE(account.exchanges.size(), 8U);
  const std::string before = fingerprint(folder / "study");
  ServeClient client(folder);
  client.waitUntilReady();
  std::set<std::string> asked;
  for (const auto& exchange : account.exchanges) {
    std::string text;
    for (const auto& message : exchange.sent) text += message.dump() + "\n";
    client.sendText(text);  // in one go
    for (const auto& message : exchange.sent) {
      asked.insert(message["type"].get<std::string>());
      if (message.contains("id")) client.answerTo(message["id"]);
    }
  }
  const auto exit = client.wait();
  EXPECT_EQ(exit.code, 0) << exit.log;
  EXPECT_EQ(fingerprint(folder / "study"), before) << "a project is read, never written";
  const auto messages = client.messages();
  for (const auto& exchange : account.exchanges)
    for (const auto& shown : exchange.answered) expectAnswered(shown, messages);
  for (const auto& message : messages.front()["messages"])
    EXPECT_TRUE(asked.contains(message.get<std::string>())) << message << " has no example";
}

TEST(Protocol, ItsFragmentsAreJson) {
  for (const auto& fragment : readAccount().fragments) {
    EXPECT_EQ(fragment["runs"]["dtype"], "I64");
    EXPECT_EQ(fragment["runs"]["bytes"].get<int>(), 16 * fragment["runs"]["shape"][0].get<int>());
  }
}

}  // namespace
}  // namespace roundel::test
