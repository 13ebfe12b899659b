#include "fabric/rank_place.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "core/error.h"

namespace roundel {
namespace {

using Variables = std::map<std::string, std::string>;

RankPlace placeIn(const Variables& variables) {
  return rankPlace([&](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional<std::string>(found->second);
  });
}

std::string refusal(const Variables& variables) {
  try {
    placeIn(variables);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Usage);
    EXPECT_EQ(error.code(), "bad-ranks");
    return error.what();
  }
  return "";
}

TEST(RankPlaceTest, NothingSaidIsAlone) {
  EXPECT_TRUE(placeIn({}).alone());
  EXPECT_EQ(placeIn({}).launcher, "");
  EXPECT_FALSE(placeIn({}).severalMachines());
}

TEST(RankPlaceTest, ReadsTorchrun) {
  const RankPlace place = placeIn({{"RANK", "5"},
                                   {"WORLD_SIZE", "8"},
                                   {"LOCAL_RANK", "1"},
                                   {"LOCAL_WORLD_SIZE", "4"},
                                   {"MASTER_ADDR", "node0"},
                                   {"MASTER_PORT", "29500"},
                                   {"TORCHELASTIC_RUN_ID", "abc"}});
  EXPECT_EQ(place.rank, 5);
  EXPECT_EQ(place.size, 8);
  EXPECT_EQ(place.localRank, 1);
  EXPECT_EQ(place.localSize, 4);
  EXPECT_TRUE(place.severalMachines());
  EXPECT_EQ(place.address, "node0");
  EXPECT_EQ(place.launcher, "torchrun");
  EXPECT_THAT(place.job, testing::HasSubstr("abc"));
}

TEST(RankPlaceTest, ReadsOpenMpiAndPmi) {
  const RankPlace open = placeIn({{"OMPI_COMM_WORLD_RANK", "1"},
                                  {"OMPI_COMM_WORLD_SIZE", "2"},
                                  {"OMPI_COMM_WORLD_LOCAL_RANK", "1"},
                                  {"OMPI_COMM_WORLD_LOCAL_SIZE", "2"},
                                  {"PMIX_NAMESPACE", "prterun-1"}});
  EXPECT_EQ(open.rank, 1);
  EXPECT_EQ(open.localSize, 2);
  EXPECT_EQ(open.launcher, "mpirun");
  const RankPlace hydra = placeIn({{"PMI_RANK", "3"}, {"PMI_SIZE", "4"}, {"MPI_LOCALRANKID", "1"}, {"MPI_LOCALNRANKS", "2"}});
  EXPECT_EQ(hydra.rank, 3);
  EXPECT_EQ(hydra.localRank, 1);
  EXPECT_TRUE(hydra.severalMachines());
}

TEST(RankPlaceTest, ReadsAStepOfSlurmButNoBatchScript) {
  Variables slurm{{"SLURM_PROCID", "3"},  {"SLURM_NTASKS", "5"},  {"SLURM_LOCALID", "0"},        {"SLURM_NODEID", "2"},
                  {"SLURM_JOB_ID", "77"}, {"SLURM_STEP_ID", "0"}, {"SLURM_STEP_NUM_TASKS", "4"}, {"SLURM_STEP_TASKS_PER_NODE", "1(x2),2"}};
  const RankPlace step = placeIn(slurm);
  EXPECT_EQ(step.rank, 3);
  EXPECT_EQ(step.size, 4);
  EXPECT_EQ(step.localSize, 2);
  EXPECT_EQ(step.launcher, "srun");
  // Slurm can speak PMI, too: its own word on neighbours counts.
  slurm["PMI_RANK"] = "3", slurm["PMI_SIZE"] = "4";
  EXPECT_EQ(placeIn(slurm).localSize, 2);
  slurm.erase("PMI_RANK"), slurm.erase("PMI_SIZE"), slurm.erase("SLURM_STEP_ID");
  EXPECT_TRUE(placeIn(slurm).alone());
  slurm["SLURM_STEP_ID"] = "4294967291";  // Slurm's own word for a batch script
  EXPECT_TRUE(placeIn(slurm).alone());
}

TEST(RankPlaceTest, ALauncherInsideOfASlurmStepCounts) {
  const RankPlace place = placeIn({{"SLURM_PROCID", "0"},
                                   {"SLURM_STEP_NUM_TASKS", "1"},
                                   {"SLURM_STEP_ID", "0"},
                                   {"SLURM_LOCALID", "0"},
                                   {"RANK", "1"},
                                   {"WORLD_SIZE", "2"}});
  EXPECT_EQ(place.size, 2);
  EXPECT_EQ(place.launcher, "torchrun");
}

TEST(RankPlaceTest, RefusesWhatIsHalfSetOrDoesNotFit) {
  EXPECT_THAT(refusal({{"RANK", "0"}}), testing::HasSubstr("RANK but not WORLD_SIZE"));
  EXPECT_THAT(refusal({{"WORLD_SIZE", "2"}}), testing::HasSubstr("WORLD_SIZE but not RANK"));
  EXPECT_THAT(refusal({{"RANK", "2"}, {"WORLD_SIZE", "2"}}), testing::HasSubstr("RANK=2 and WORLD_SIZE=2"));
  EXPECT_THAT(refusal({{"RANK", "one"}, {"WORLD_SIZE", "2"}}), testing::HasSubstr("RANK=one"));
  EXPECT_THAT(refusal({{"RANK", "-1"}, {"WORLD_SIZE", "2"}}), testing::HasSubstr("RANK=-1"));
  EXPECT_THAT(refusal({{"RANK", "0"}, {"WORLD_SIZE", "2"}, {"LOCAL_RANK", "3"}, {"LOCAL_WORLD_SIZE", "2"}}),
              testing::HasSubstr("LOCAL_RANK=3"));
  EXPECT_THAT(refusal({{"RANK", "0"}, {"WORLD_SIZE", "2"}, {"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "2"}}),
              testing::HasSubstr("contradict"));
  EXPECT_THAT(refusal({{"OMPI_COMM_WORLD_SIZE", "2"}}), testing::HasSubstr("not OMPI_COMM_WORLD_RANK"));
}

TEST(RankPlaceTest, NeighboursShareTheCoresUnlessTheirLauncherDid) {
  const RankPlace four{.rank = 0, .size = 4, .localRank = 0, .localSize = 4};
  EXPECT_EQ(coresOfRank(four, 16, 16), 4);
  EXPECT_EQ(coresOfRank(four, 2, 2), 1);
  EXPECT_EQ(coresOfRank(four, 5, 16), 5);  // bound to five of sixteen
  EXPECT_EQ(coresOfRank({}, 16, 16), 16);
}

}  // namespace
}  // namespace roundel
