#include <gtest/gtest.h>

#include "engine/service/session_client.h"

// Cases are opened beside the prompts of those that are open: a desktop looks at the next case while a person works on this one.

namespace roundel {
namespace {

using test::SessionClient;

Json open(const std::string& id, const std::string& image) {
  return {{"id", id}, {"type", "open"}, {"image", image}, {"generalist", "fake"}};
}

Json prompt(const Json& id, const std::string& caseId, const std::string& kind = "click") {
  return {{"id", id}, {"type", "prompt"}, {"case_id", caseId}, {"boxes", {{10, 5, 20, 15}}}, {"kind", kind}, {"stability", 0}};
}

/// A session in which "case" is open and "next" is being looked at.
class Opening : public testing::Test {
 protected:
  Opening() {
    m_client.open();
    m_client.fake().holdEmbedding();
    m_client.send(open("next", m_client.imageOf(7)));
    EXPECT_TRUE(m_client.fake().waitForEmbeddings(2));
  }
  SessionClient m_client;
};

TEST_F(Opening, PromptsOfAnotherCaseAreAnsweredMeanwhile) {
  m_client.resultOf(prompt(1, "case"));
  m_client.resultOf(prompt(2, "case", "hover"));
  const Json status = m_client.resultOf({{"id", 3}, {"type", "status"}});
  EXPECT_EQ(status["requests"]["opening"], "next");
  EXPECT_EQ(status["requests"]["running"], nullptr);
  EXPECT_EQ(m_client.terminalsOf("next"), 0);
  m_client.fake().letGo();
  EXPECT_EQ(m_client.answerTo("next")["type"], "result");
  m_client.resultOf(prompt(4, "next"));
}

TEST_F(Opening, PromptsOfThatCaseWaitForIt) {
  m_client.send(prompt(1, "next"));
  m_client.resultOf(prompt(2, "case"));
  EXPECT_EQ(m_client.terminalsOf(1), 0);
  m_client.fake().letGo();
  EXPECT_EQ(m_client.answerTo(1)["type"], "result");
}

TEST_F(Opening, IsCancelledAndItsPromptsAreToldThatThereIsNoCase) {
  m_client.send(prompt(1, "next"));
  EXPECT_EQ(m_client.resultOf({{"id", 2}, {"type", "cancel"}, {"request", "next"}})["was"], "running");
  EXPECT_EQ(m_client.answerTo("next")["type"], "cancelled");
  EXPECT_EQ(m_client.answerTo(1)["error"]["code"], "unknown-case-id");
  m_client.resultOf(prompt(3, "case"));
}

TEST_F(Opening, ACaseIsClosedWhenItIsOpenAndCanBeOpenedAnew) {
  m_client.send({{"id", 1}, {"type", "close"}, {"case_id", "next"}});
  m_client.send(prompt(2, "next"));
  m_client.resultOf({{"id", 3}, {"type", "close"}, {"case_id", "case"}});
  m_client.fake().letGo();
  EXPECT_EQ(m_client.answerTo(1)["type"], "result");
  EXPECT_EQ(m_client.terminalsOf("next"), 1) << "answered before what waited for it";
  EXPECT_EQ(m_client.answerTo(2)["error"]["code"], "unknown-case-id");
  m_client.send(open("next", m_client.image()));
  m_client.resultOf(prompt(4, "next"));
}

TEST_F(Opening, EndsWithTheSession) {
  m_client.send(prompt(1, "next"));
  m_client.send({{"id", "end"}, {"type", "shutdown"}});
  EXPECT_FALSE(m_client.end().computing);
  for (const Json& id : {Json("next"), Json(1)}) {
    EXPECT_EQ(m_client.answerTo(id)["type"], "cancelled");
    EXPECT_EQ(m_client.terminalsOf(id), 1);
  }
}

TEST_F(Opening, IsFinishedWhenTheInputEnds) {
  m_client.send(prompt(1, "next"));
  m_client.closeInput();
  m_client.fake().letGo();
  m_client.end();
  EXPECT_EQ(m_client.answerTo("next")["type"], "result");
  EXPECT_EQ(m_client.answerTo(1)["type"], "result");
}

}  // namespace
}  // namespace roundel
