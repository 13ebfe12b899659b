// The levels of nnU-Net's network for volumes, against plans that nnU-Net itself has published.
#include "models/specialists/nnunet_stages.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace roundel {
namespace {

TEST(NnunetStages, CubesAreHalvedAlike) {
  EXPECT_EQ(nnunetStagesText(nnunetStages({128, 128, 128}, {1, 1, 1})), "333/111 333/222 333/222 333/222 333/222 333/222");
  EXPECT_EQ(nnunetStages({128, 128, 128}, {}), nnunetStages({128, 128, 128}, {1, 1, 1})) << "no length is known";
}

TEST(NnunetStages, LongVoxelsWaitForTheOthers) {
  // Medical decathlon's prostate, 3d_fullres: strides [1,1,1] [1,2,2] [1,2,2] [2,2,2] [2,2,2] [1,2,2] [1,2,2].
  EXPECT_EQ(nnunetStagesText(nnunetStages({20, 320, 256}, {3.6, 0.625, 0.625})), "133/111 133/122 333/122 333/222 333/222 333/122 333/122");
}

TEST(NnunetStages, OddSidesStay) { EXPECT_EQ(nnunetStagesText(nnunetStages({40, 40, 40}, {1, 1, 1})), "333/111 333/222 333/222 333/222"); }

TEST(NnunetStages, AreReadBackAndNothingElse) {
  const auto stages = nnunetStages({20, 320, 256}, {3.6, 0.625, 0.625});
  EXPECT_EQ(nnunetStagesFrom(nnunetStagesText(stages)), stages);
  for (const char* text : {"", "333", "333/113", "233/111", "333/1111", "333/111 x", "auto"})
    EXPECT_THROW(nnunetStagesFrom(text), Error) << text;
}

}  // namespace
}  // namespace roundel
