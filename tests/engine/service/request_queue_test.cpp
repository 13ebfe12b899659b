#include "service/request_queue.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace roundel {
namespace {

RequestId id(int number) { return {std::to_string(number)}; }

Request request(int number, Lane lane = Lane::InTurn, int caseNumber = 0) {
  return {.id = id(number), .lane = lane, .caseId = id(caseNumber)};
}

using Ids = std::vector<RequestId>;
using Worker = RequestQueue::Worker;
constexpr Worker kAnswers = Worker::Answers, kOpens = Worker::Opens;

/// Opens the case of this number.
Request opening(int number) { return {.id = id(number), .lane = Lane::Open, .caseId = id(number)}; }

TEST(RequestQueue, TakesInTurnAndHoverPromptsLast) {
  RequestQueue queue(10);
  queue.push(request(1, Lane::Hover));
  queue.push(request(2));
  queue.push(request(3));
  for (const int expected : {2, 3, 1}) {
    EXPECT_EQ(queue.take(kAnswers)->request.id, id(expected));
    queue.done(kAnswers);
  }
}

TEST(RequestQueue, TheLatestHoverWins) {
  RequestQueue queue(10);
  EXPECT_EQ(queue.push(request(1, Lane::Hover)).superseded, Ids{});
  EXPECT_EQ(queue.push(request(2, Lane::Hover)).superseded, Ids{id(1)});
  EXPECT_EQ(queue.push(request(3, Lane::Hover)).superseded, Ids{id(2)});
  EXPECT_EQ(queue.counts().waiting, 1U);
  EXPECT_EQ(queue.take(kAnswers)->request.id, id(3));
}

TEST(RequestQueue, AHoverThatIsComputedIsLeftToFinishByANewerOne) {
  RequestQueue queue(10);
  queue.push(request(1, Lane::Hover));
  const auto running = queue.take(kAnswers);
  EXPECT_EQ(queue.push(request(2, Lane::Hover)).superseded, Ids{});
  EXPECT_FALSE(running->stopRequested());
}

TEST(RequestQueue, AClickMakesEveryHoverGiveWay) {
  RequestQueue queue(10);
  queue.push(request(1, Lane::Hover));
  const auto running = queue.take(kAnswers);
  queue.push(request(2, Lane::Hover));
  EXPECT_EQ(queue.push(request(3, Lane::Click)).superseded, Ids{id(2)});
  EXPECT_TRUE(running->stopRequested());
  EXPECT_EQ(running->supersededBy(), id(3));
  queue.done(kAnswers);
  EXPECT_EQ(queue.take(kAnswers)->request.id, id(3));
}

TEST(RequestQueue, AClickDoesNotStopAClick) {
  RequestQueue queue(10);
  queue.push(request(1, Lane::Click));
  const auto running = queue.take(kAnswers);
  queue.push(request(2, Lane::Click));
  queue.push(request(3));
  EXPECT_FALSE(running->stopRequested());
}

TEST(RequestQueue, LeavingACaseTakesItsHoverAlong) {
  RequestQueue queue(10);
  queue.push(request(1, Lane::Hover, 7));
  EXPECT_EQ(queue.push(request(2, Lane::Leave, 8)).superseded, Ids{});
  EXPECT_EQ(queue.push(request(3, Lane::Leave, 7)).superseded, Ids{id(1)});
}

TEST(RequestQueue, CancelFindsWhatWaitsAndWhatRuns) {
  RequestQueue queue(10);
  queue.push(request(1));
  queue.push(request(2));
  queue.push(request(3, Lane::Hover));
  const auto running = queue.take(kAnswers);
  EXPECT_EQ(queue.cancel(id(2)), RequestQueue::Found::Waiting);
  EXPECT_EQ(queue.cancel(id(3)), RequestQueue::Found::Waiting);
  EXPECT_EQ(queue.cancel(id(2)), RequestQueue::Found::Nowhere);
  EXPECT_EQ(queue.cancel(id(1)), RequestQueue::Found::Running);
  EXPECT_TRUE(running->stopRequested());
  EXPECT_EQ(running->supersededBy(), std::nullopt);
  EXPECT_EQ(queue.counts().waiting, 0U);
  queue.done(kAnswers);
  EXPECT_EQ(queue.cancel(id(1)), RequestQueue::Found::Nowhere);
}

TEST(RequestQueue, ACaseIsOpenedBesideThePromptsOfAnother) {
  RequestQueue queue(10);
  queue.push(opening(1));
  queue.push(request(2, Lane::Click, 7));
  queue.push(request(3, Lane::Click, 7));
  const auto opened = queue.take(kOpens);
  EXPECT_EQ(opened->request.id, id(1));
  EXPECT_EQ(queue.take(kAnswers)->request.id, id(2));
  EXPECT_EQ(queue.counts().opening, id(1));
  EXPECT_EQ(queue.counts().running, id(2));
  EXPECT_EQ(queue.cancel(id(1)), RequestQueue::Found::Running);
  EXPECT_TRUE(opened->stopRequested());
}

TEST(RequestQueue, WhatIsAskedOfOneCaseIsDoneInItsOrder) {
  RequestQueue queue(10);
  queue.push(opening(1));
  queue.push(request(2, Lane::Click, 1));
  queue.push(request(3, Lane::Leave, 1));
  queue.push(opening(1));
  queue.push(request(4, Lane::Click, 7));
  EXPECT_EQ(queue.take(kAnswers)->request.id, id(4)) << "the only one whose case is not being opened";
  queue.done(kAnswers);
  EXPECT_EQ(queue.take(kOpens)->request.id, id(1));
  queue.done(kOpens);
  EXPECT_EQ(queue.take(kAnswers)->request.id, id(2));
  queue.done(kAnswers);
  EXPECT_EQ(queue.take(kAnswers)->request.id, id(3));
  std::thread closing([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(queue.counts().opening, std::nullopt) << "it is not opened anew before it is closed";
    queue.done(kAnswers);
  });
  EXPECT_EQ(queue.take(kOpens)->request.id, id(1));
  closing.join();
}

TEST(RequestQueue, WhatWaitsForACaseWaitsUntilItsOpeningIsAnswered) {
  RequestQueue queue(10);
  queue.push(opening(1));
  queue.push(request(2, Lane::Leave, 1));
  queue.push(request(3));
  ASSERT_TRUE(queue.take(kOpens));
  queue.computed(kOpens);
  EXPECT_EQ(queue.take(kAnswers)->request.id, id(3)) << "the case's answer is not sent yet";
  queue.done(kAnswers);
  EXPECT_EQ(queue.cancel(id(1)), RequestQueue::Found::Nowhere) << "who has read the answer hears nothing of it";
  EXPECT_EQ(queue.counts().opening, std::nullopt);
  queue.done(kOpens);
  EXPECT_EQ(queue.take(kAnswers)->request.id, id(2));
  EXPECT_EQ(queue.counts().running, id(2));
}

TEST(RequestQueue, ACaseIsOpenedAfterThoseThatWereLeftBefore) {
  RequestQueue queue(10);
  queue.push(request(1, Lane::Leave, 7));
  queue.push(opening(2));
  EXPECT_EQ(queue.take(kAnswers)->request.id, id(1));
  std::thread closing([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(queue.counts().opening, std::nullopt) << "there might be no place for it yet";
    queue.done(kAnswers);
  });
  EXPECT_EQ(queue.take(kOpens)->request.id, id(2));
  closing.join();
}

TEST(RequestQueue, AHoverWaitsForItsCaseAndHoldsNoOtherUp) {
  RequestQueue queue(10);
  queue.push(opening(1));
  queue.push(request(2, Lane::Hover, 1));
  queue.push(request(3, Lane::Click, 1));  // the hover makes way
  queue.push(request(4, Lane::Hover, 1));
  queue.push(request(5, Lane::InTurn, 7));
  EXPECT_EQ(queue.take(kAnswers)->request.id, id(5));
  queue.done(kAnswers);
  EXPECT_EQ(queue.take(kOpens)->request.id, id(1));
  queue.close();
  EXPECT_EQ(queue.counts().waiting, 2U);
  queue.done(kOpens);
  EXPECT_EQ(queue.take(kOpens), nullptr);
  EXPECT_EQ(queue.take(kAnswers)->request.id, id(3)) << "what waited for the case is done although the queue is closed";
  queue.done(kAnswers);
  EXPECT_EQ(queue.take(kAnswers)->request.id, id(4));
  queue.done(kAnswers);
  EXPECT_EQ(queue.take(kAnswers), nullptr);
}

TEST(RequestQueue, HoldsNoMoreThanItsBound) {
  RequestQueue queue(2);
  EXPECT_TRUE(queue.push(request(1)).taken);
  EXPECT_TRUE(queue.push(request(2)).taken);
  EXPECT_FALSE(queue.push(request(3)).taken);
  EXPECT_TRUE(queue.push(request(4, Lane::Hover)).taken) << "hover prompts have a place of their own";
}

TEST(RequestQueue, ClosedItGivesWhatWaitsAndThenNothing) {
  RequestQueue queue(10);
  queue.push(request(1));
  queue.close();
  EXPECT_FALSE(queue.push(request(2)).taken);
  EXPECT_EQ(queue.take(kAnswers)->request.id, id(1));
  queue.done(kAnswers);
  EXPECT_EQ(queue.take(kAnswers), nullptr);
}

TEST(RequestQueue, StoppedItHandsBackWhatWaitedAndStopsWhatRuns) {
  RequestQueue queue(10);
  queue.push(request(1));
  queue.push(request(2));
  queue.push(request(3, Lane::Hover));
  const auto running = queue.take(kAnswers);
  EXPECT_EQ(queue.stop(), (Ids{id(2), id(3)}));
  EXPECT_TRUE(running->stopRequested());
  EXPECT_EQ(queue.take(kAnswers), nullptr);
}

TEST(RequestQueue, StoppingWakesTheOneThatWaits) {
  RequestQueue queue(10);
  std::thread taker([&] { EXPECT_EQ(queue.take(kAnswers), nullptr); });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  queue.stop();
  taker.join();
  EXPECT_TRUE(queue.stopped());
}

}  // namespace
}  // namespace roundel
