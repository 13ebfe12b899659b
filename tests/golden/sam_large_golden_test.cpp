// Golden cases of ViT-L and ViT-H: three and six TFLOP an image.
#include "golden/sam_cases.h"

namespace roundel {
namespace {

TEST(SamLargeGolden, AgreesWithThePublishedNetworks) {
  golden::runSamCases(golden::isLarge, [](golden::SamCase& sam) {
    return golden::checkPreprocessing(sam) + golden::checkEncoder(sam) + golden::checkDecoder(sam) + golden::checkPostprocessing(sam) +
           golden::checkMedSam(sam);
  });
}

}  // namespace
}  // namespace roundel
