#include "fabric/fabric.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <thread>

#include "core/error.h"
#include "engine/fabric/forked.h"
#include "fabric/star.h"

namespace roundel {
namespace {

using std::chrono::milliseconds;
using test::Forked;
using testing::ElementsAre;
using testing::HasSubstr;

/// Rank 1 of two in a process of its own, rank 0 here.
struct Two {
  explicit Two(const std::function<int(Fabric&)>& other, StarOptions options = {}) {
    auto [mine, theirs] = wirePair();
    child = std::make_unique<Forked>([&] {
      mine.close();
      const auto outer = starLeaf(std::move(theirs), 1, 2);
      return other(*outer);
    });
    theirs.close();
    std::vector<Leaf> leaves;
    leaves.push_back({.wire = std::move(mine), .name = "here"});
    fabric = starCentre(std::move(leaves), std::move(options));
  }
  std::unique_ptr<Forked> child;
  std::unique_ptr<Fabric> fabric;
};

std::string sentenceOf(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.code() + ": " + error.what();
  }
  return "nothing was thrown";
}

TEST(FabricTest, OneProcessAloneAnswersAtOnce) {
  Fabric alone;
  std::vector<float> values{1, 2};
  alone.allReduce(values);
  alone.barrier();
  EXPECT_THAT(values, ElementsAre(1, 2));
  EXPECT_EQ(alone.broadcastText("all"), "all");
  EXPECT_TRUE(alone.alone());
  EXPECT_TRUE(starCentre({})->alone());
}

TEST(FabricTest, TwoProcessesAddUpAndTellEachOther) {
  Two two([](Fabric& fabric) {
    std::vector<float> floats{10, 20, 30};
    std::vector<double> doubles{0.5};
    fabric.allReduce(floats);
    fabric.allReduce(doubles);
    const std::string told = fabric.broadcastText("not this");
    fabric.barrier();
    return floats == std::vector<float>{11, 22, 33} && doubles == std::vector<double>{0.75} && told == "from rank 0" ? 0 : 1;
  });
  std::vector<float> floats{1, 2, 3};
  std::vector<double> doubles{0.25};
  two.fabric->allReduce(floats);
  two.fabric->allReduce(doubles);
  EXPECT_EQ(two.fabric->broadcastText("from rank 0"), "from rank 0");
  two.fabric->barrier();
  EXPECT_THAT(floats, ElementsAre(11, 22, 33));
  EXPECT_THAT(doubles, ElementsAre(0.75));
  EXPECT_EQ(two.child->code(), 0);
}

TEST(FabricTest, MoreThanASocketHoldsArrivesWhole) {
  constexpr std::size_t kMany = 3'000'000;
  const auto sum = [](Fabric& fabric) {
    std::vector<float> values(kMany);
    for (std::size_t i = 0; i < kMany; ++i) values[i] = static_cast<float>(i % 1000) + 1000.0f * static_cast<float>(fabric.rank());
    fabric.allReduce(values);
    for (std::size_t i = 0; i < kMany; ++i)
      if (values[i] != 2 * static_cast<float>(i % 1000) + 1000.0f) return 1;
    return 0;
  };
  Two two(sum);
  EXPECT_EQ(sum(*two.fabric), 0);
  EXPECT_EQ(two.child->code(), 0);
}

TEST(FabricTest, ABarrierWaitsForTheLast) {
  Two two([](Fabric& fabric) {
    std::this_thread::sleep_for(milliseconds(300));
    fabric.barrier();
    return 0;
  });
  const auto before = std::chrono::steady_clock::now();
  two.fabric->barrier();
  EXPECT_GE(std::chrono::steady_clock::now() - before, milliseconds(250));
}

TEST(FabricTest, AKilledRankIsNamedWithItsCause) {
  Two two(
      [](Fabric&) {
        ::pause();
        return 0;
      },
      {.obituary = [](int rank) { return rank == 1 ? "it was ended by signal 9" : ""; }});
  two.child->kill();
  std::vector<float> values(10);
  const std::string said = sentenceOf([&] { two.fabric->allReduce(values); });
  EXPECT_THAT(said, HasSubstr("rank-lost: Rank 1 of 2 (here) ended: it was ended by signal 9."));
}

TEST(FabricTest, ARankThatLeavesSaysWhyAndTheThirdHearsIt) {
  auto [first, ofFirst] = wirePair();
  auto [second, ofSecond] = wirePair();
  Forked leaves([&] {
    first.close(), second.close(), ofSecond.close();
    starLeaf(std::move(ofFirst), 1, 3)->leave("its memory did not suffice");
    return 0;
  });
  Forked hears([&] {
    first.close(), second.close(), ofFirst.close();
    const auto fabric = starLeaf(std::move(ofSecond), 2, 3);
    const std::string said = sentenceOf([&] { fabric->barrier(); });
    return said.find("Rank 1 of 3 ended: its memory did not suffice") != std::string::npos ? 0 : 1;
  });
  ofFirst.close(), ofSecond.close();
  std::vector<Leaf> others;
  others.push_back({.wire = std::move(first)});
  others.push_back({.wire = std::move(second)});
  const auto centre = starCentre(std::move(others));
  EXPECT_THAT(sentenceOf([&] { centre->barrier(); }), HasSubstr("Rank 1 of 3 ended: its memory did not suffice"));
  EXPECT_EQ(hears.code(), 0);
}

TEST(FabricTest, RankZeroThatDiesOrLeavesEndsTheOthers) {
  auto [mine, theirs] = wirePair();
  Forked dies([&] {
    mine.close();
    return 0;
  });
  theirs.close();
  const auto fabric = starLeaf(std::move(mine), 1, 2);
  EXPECT_THAT(sentenceOf([&] { fabric->barrier(); }), HasSubstr("rank-lost: Rank 0 ended without a word"));

  Two two([](Fabric& other) {
    const std::string said = sentenceOf([&] { other.barrier(); });
    return said.find("Rank 0 of 2 ended: the disk is full") != std::string::npos ? 0 : 1;
  });
  two.fabric->leave("the disk is full");
  EXPECT_EQ(two.child->code(), 0);
}

TEST(FabricTest, RanksThatAskForDifferentThingsAreOutOfStep) {
  Two two([](Fabric& fabric) {
    const std::string said = sentenceOf([&] { fabric.barrier(); });
    return said.find("did not ask for the same thing") != std::string::npos ? 0 : 1;
  });
  std::vector<float> values(4);
  EXPECT_THAT(sentenceOf([&] { two.fabric->allReduce(values); }), HasSubstr("ranks-out-of-step"));
  EXPECT_EQ(two.child->code(), 0);
}

TEST(FabricTest, WhoComputesForLongIsToldOfALossByTheWatch) {
  std::promise<std::string> told;
  Two two(
      [](Fabric&) {
        ::pause();
        return 0;
      },
      {.lastResort = [&](const Error& error) { told.set_value(error.what()); }, .grace = milliseconds(50)});
  two.child->kill();
  auto sentence = told.get_future();  // this thread never looks at its wires
  ASSERT_EQ(sentence.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  EXPECT_THAT(sentence.get(), HasSubstr("Rank 1 of 2 (here) ended without a word"));
}

}  // namespace
}  // namespace roundel
