#include "service/request.h"

#include <gtest/gtest.h>

#include "service/message.h"

namespace roundel {
namespace {

/// The code and the id with which a line is refused.
std::pair<std::string, std::optional<std::string>> refusalOf(const std::string& line) {
  try {
    parseRequest(line);
  } catch (const BadRequest& error) {
    EXPECT_FALSE(std::string(error.what()).empty());
    EXPECT_FALSE(error.details().remedy.empty()) << error.what();
    return {error.code(), error.id() ? std::optional(error.id()->text) : std::nullopt};
  }
  ADD_FAILURE() << "taken: " << line.substr(0, 100);
  return {};
}

TEST(Request, ALineThatIsNoRequestIsRefusedWithAReason) {
  using Refusal = std::pair<std::string, std::optional<std::string>>;
  EXPECT_EQ(refusalOf("garbage"), Refusal("bad-line", std::nullopt));
  EXPECT_EQ(refusalOf(R"({"id": "a", "type": "sta)"), Refusal("bad-line", std::nullopt));
  EXPECT_EQ(refusalOf("\xff\xfe\x00"), Refusal("bad-line", std::nullopt));
  EXPECT_EQ(refusalOf("[]"), Refusal("bad-line", std::nullopt));
  EXPECT_EQ(refusalOf("1e999999"), Refusal("bad-line", std::nullopt));
  EXPECT_EQ(refusalOf(std::string(100'000, '[')), Refusal("bad-line", std::nullopt));
  EXPECT_EQ(refusalOf(R"({"id":1,"a":)" + std::string(50, '[') + std::string(50, ']') + "}"), Refusal("bad-line", std::nullopt));
  EXPECT_EQ(refusalOf(R"({"type": "status"})"), Refusal("bad-id", std::nullopt));
  for (const char* id : {"null", "-1", "1.5", "true", "[]", "{}", R"("")"})
    EXPECT_EQ(refusalOf(std::string(R"({"type": "status", "id": )") + id + "}"), Refusal("bad-id", std::nullopt)) << id;
  EXPECT_EQ(refusalOf(R"({"type": "status", "id": ")" + std::string(129, 'x') + "\"}"), Refusal("bad-id", std::nullopt));
  EXPECT_EQ(refusalOf(R"({"id": "a"})"), Refusal("unknown-message", "\"a\""));
  EXPECT_EQ(refusalOf(R"({"id": 7, "type": "promt"})"), Refusal("unknown-message", "7"));
  EXPECT_EQ(refusalOf(R"({"id": "a", "type": "prompt", "boxs": []})"), Refusal("unknown-field", "\"a\""));
  EXPECT_EQ(refusalOf(R"({"id": "a", "type": "prompt", "kind": "double"})"), Refusal("bad-field", "\"a\""));
}

TEST(Request, TheNearestKnownWordIsNamed) {
  try {
    parseRequest(R"({"id": 7, "type": "promt"})");
    FAIL() << "taken";
  } catch (const BadRequest& error) {
    EXPECT_EQ(error.details().remedy, "Did you mean prompt?");
  }
}

TEST(Request, IdsKeepTheirType) {
  const Request number = parseRequest(R"({"id": 7, "type": "status"})"), text = parseRequest(R"({"id": "7", "type": "status"})");
  EXPECT_NE(number.id, text.id);
  EXPECT_EQ(number.id.json(), Json(7));
  EXPECT_EQ(text.id.json(), Json("7"));
}

TEST(Request, PromptsSayInWhichLaneTheyWait) {
  EXPECT_EQ(parseRequest(R"({"id": 1, "type": "prompt", "case_id": 0})").lane, Lane::Click);
  EXPECT_EQ(parseRequest(R"({"id": 1, "type": "prompt", "kind": "hover"})").lane, Lane::Hover);
  EXPECT_EQ(parseRequest(R"({"id": 1, "type": "close", "case_id": 0})").lane, Lane::Leave);
  EXPECT_EQ(parseRequest(R"({"id": 1, "type": "open"})").lane, Lane::Open);
}

TEST(Request, EveryMessageSaysWhatItIs) {
  EXPECT_EQ(builtinMessages().size(), 9U);
  for (const auto& message : builtinMessages()) {
    EXPECT_FALSE(message.sentence.empty()) << message.type;
    EXPECT_TRUE(message.answer) << message.type;
    for (const auto& field : message.fields) EXPECT_FALSE(field.sentence.empty()) << field.name;
  }
}

}  // namespace
}  // namespace roundel
