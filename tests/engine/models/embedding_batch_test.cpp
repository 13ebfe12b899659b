#include "models/embedding_batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "engine/models/remembering_generalist.h"
#include "support/temporary_folder.h"

namespace roundel {
namespace {

using test::flatImage;
using test::RememberingGeneralist;
using testing::ElementsAre;

TEST(EmbeddingBatch, TheOpenCaseComesFirstAndThenItsNeighbours) {
  EXPECT_THAT(nearestFirst(6, 2), ElementsAre(2, 3, 1, 4, 0, 5));
  EXPECT_THAT(nearestFirst(3, 0), ElementsAre(0, 1, 2));
  EXPECT_THAT(nearestFirst(3, 2), ElementsAre(2, 1, 0));
  EXPECT_THAT(nearestFirst(2, 9), ElementsAre(0, 1)) << "an open case that is not among them";
  EXPECT_TRUE(nearestFirst(0, 0).empty());
}

std::vector<EmbeddingWish> wishes(int count) {
  std::vector<EmbeddingWish> result;
  for (int number = 0; number < count; ++number)
    result.push_back({"case " + std::to_string(number), [number] {
                        if (number == 2) throw Error(ErrorKind::BadInput, "unreadable-image", "The file is damaged.");
                        return flatImage(8, 0.1F * static_cast<float>(number));
                      }});
  return result;
}

/// Stops when asked for the n-th time.
class StoppingJob : public Job {
 public:
  explicit StoppingJob(int after) : m_left(after) {}
  bool stopRequested() const override { return m_left-- <= 0; }
  void progress(std::int64_t done, std::int64_t total, const std::string&) override { lastDone = done, lastTotal = total; }
  std::int64_t lastDone = 0, lastTotal = 0;

 private:
  mutable int m_left;
};

TEST(EmbeddingBatch, GoesOnWhereItWasStoppedAndNamesWhatCannotBeRead) {
  const test::TemporaryFolder folder;
  const RememberingGeneralist one;
  {
    EmbeddingStore store(EmbeddingFolder(folder.path()));
    StoppingJob job(2);
    EXPECT_THROW(embedAll(one, wishes(5), store, job), Cancelled);
    EXPECT_EQ(one.embedded, 2);
  }
  EmbeddingStore store(EmbeddingFolder(folder.path()));
  StoppingJob job(1000);
  const auto report = embedAll(one, wishes(5), store, job);
  EXPECT_EQ(report.known, 2);
  EXPECT_EQ(report.made, 2);
  ASSERT_EQ(report.refused.size(), 1U);
  EXPECT_EQ(report.refused[0].caseName, "case 2");
  EXPECT_EQ(one.embedded, 4);
  EXPECT_EQ(job.lastDone, 5);
  EXPECT_EQ(job.lastTotal, 5);
}

TEST(EmbeddingBatch, EndsWhereNothingCanBeKept) {
  const test::TemporaryFolder folder;
  const RememberingGeneralist one;
  writeFileAtomically(folder / "a file", "in the way");
  EmbeddingStore store(EmbeddingFolder{folder / "a file"});
  StoppingJob job(1000);
  EXPECT_EQ(embedAll(one, wishes(5), store, job).made, 1);
  EXPECT_EQ(one.embedded, 1) << "four more would have been made for nothing";
  ASSERT_TRUE(store.failure());
  EXPECT_EQ(store.failure()->code(), "not-writable");
}

TEST(EmbeddingBatch, SaysWhatItNeedsBeforeItStarts) {
  const MemoryPlan plan{.neededBytes = 3'100'000'000, .availableBytes = 8'000'000'000};
  EXPECT_TRUE(plan.fits());
  EXPECT_EQ(plan.sentence(), "needs 3.1 GB of 8.0 GB that are free");
  EXPECT_FALSE((MemoryPlan{.neededBytes = 9, .availableBytes = 8}).fits());
}

}  // namespace
}  // namespace roundel
