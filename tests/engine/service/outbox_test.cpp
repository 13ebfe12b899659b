#include "service/outbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <sstream>

namespace roundel {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// A pipe whose reading end can be closed early.
struct Pipe {
  int ends[2] = {-1, -1};
  Pipe() { EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    closeReading();
    ::close(ends[1]);
  }
  void closeReading() {
    if (ends[0] >= 0) ::close(ends[0]);
    ends[0] = -1;
  }
  std::string read() const {
    std::string text(1 << 16, '\0');
    const ssize_t count = ::read(ends[0], text.data(), text.size());
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
  }
};

std::function<bool()> after(milliseconds time) {
  return [until = Clock::now() + time] { return Clock::now() > until; };
}

std::vector<Json> messagesIn(const std::string& text) {
  std::vector<Json> messages;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) messages.push_back(Json::parse(line));
  return messages;
}

TEST(Outbox, WritesWholeLinesInOrder) {
  Pipe pipe;
  Outbox outbox(pipe.ends[1], {});
  for (int i = 0; i < 100; ++i) outbox.send({{"n", i}});
  ASSERT_TRUE(outbox.finish(after(milliseconds(5000))));
  const auto messages = messagesIn(pipe.read());
  ASSERT_EQ(messages.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(messages[static_cast<std::size_t>(i)]["n"], i);
}

TEST(Outbox, ProgressIsCoalescedAndTheLatestIsTold) {
  Pipe pipe;
  Outbox outbox(pipe.ends[1], {.progressEvery = milliseconds(60)});
  for (int i = 0; i <= 300; ++i) {
    outbox.progress("1", {{"done", i}});
    ::usleep(1000);
  }
  ::usleep(200'000);
  outbox.send({{"n", "end"}});
  ASSERT_TRUE(outbox.finish(after(milliseconds(5000))));
  auto messages = messagesIn(pipe.read());
  ASSERT_GE(messages.size(), 3U);
  EXPECT_LE(messages.size(), 30U) << "300 were told in about half a second";
  EXPECT_EQ(messages.back()["n"], "end");
  messages.pop_back();
  EXPECT_EQ(messages.back()["done"], 300);
}

TEST(Outbox, ProgressOfAnAnsweredRequestIsForgotten) {
  Pipe pipe;
  Outbox outbox(pipe.ends[1], {.progressEvery = milliseconds(100'000)});
  outbox.progress("1", {{"done", 1}});
  ::usleep(50'000);
  outbox.progress("1", {{"done", 2}});  // waits
  outbox.forgetProgress("2");
  outbox.forgetProgress("1");
  outbox.send({{"n", "end"}});
  ASSERT_TRUE(outbox.finish(after(milliseconds(5000))));
  EXPECT_EQ(messagesIn(pipe.read()).size(), 2U);
}

TEST(Outbox, TheProgressOfOneRequestDoesNotHideThatOfAnother) {
  Pipe pipe;
  Outbox outbox(pipe.ends[1], {.progressEvery = milliseconds(100)});
  outbox.progress("0", {{"of", 0}});
  ::usleep(50'000);
  outbox.progress("1", {{"of", 1}});
  outbox.progress("2", {{"of", 2}});
  outbox.progress("3", {{"of", 3}});
  outbox.forgetProgress("3");
  ::usleep(200'000);
  outbox.send({{"n", "end"}});
  ASSERT_TRUE(outbox.finish(after(milliseconds(5000))));
  const auto messages = messagesIn(pipe.read());
  ASSERT_EQ(messages.size(), 4U);
  EXPECT_EQ(messages[1]["of"], 1);
  EXPECT_EQ(messages[2]["of"], 2);
}

TEST(Outbox, AClientThatDoesNotReadHoldsNobodyUp) {
  Pipe pipe;  // nobody reads: a wait for that would last for ever
  Outbox outbox(pipe.ends[1], {.unreadBytes = 100'000});
  const std::string text(1000, 'x');
  for (int i = 0; i < 1000; ++i) outbox.send({{"text", text}});
  EXPECT_TRUE(outbox.full());
  outbox.waitForRoom(after(milliseconds(50)));
  EXPECT_FALSE(outbox.finish(after(milliseconds(50))));
  EXPECT_FALSE(outbox.clientGone());
  const auto until = Clock::now() + milliseconds(50);
  EXPECT_FALSE(outbox.finish([&] { return outbox.clientGone() || Clock::now() > until; })) << "who is asked may ask back";
}

TEST(Outbox, AClosedPipeRaisesNoSignal) {
  Pipe pipe;
  pipe.closeReading();
  Outbox outbox(pipe.ends[1], {});
  outbox.send({{"n", 1}});
  EXPECT_FALSE(outbox.finish(after(milliseconds(5000))));
  EXPECT_TRUE(outbox.clientGone());
  for (int i = 0; i < 10; ++i) outbox.send({{"n", i}});
  EXPECT_FALSE(outbox.full());
}

}  // namespace
}  // namespace roundel
