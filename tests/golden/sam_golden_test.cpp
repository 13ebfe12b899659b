// Golden cases of the kinds "sam" and "medsam", ViT-L and ViT-H excepted (sam_large_golden_test.cpp).
#include "golden/sam_cases.h"

namespace roundel {
namespace {

bool isSmall(const nn::SamOptions& options) { return !golden::isLarge(options); }

constexpr golden::Tolerance kHalfEmbedding{.maxOverRms = 0.25, .relativeL2 = 0.03};
constexpr golden::Tolerance kHalfLogits{.relativeL2 = 0.03};
constexpr golden::Tolerance kHalfIou{.absolute = 0.03};

TEST(SamGolden, EncoderAgreesWithThePublishedNetworks) { golden::runSamCases(isSmall, golden::checkEncoder); }
TEST(SamGolden, PicturesEnterAsPublishedCodeSendsThem) { golden::runSamCases(isSmall, golden::checkPreprocessing); }
TEST(SamGolden, MasksReturnAsPublishedCodeSendsThem) { golden::runSamCases(isSmall, golden::checkPostprocessing); }
TEST(SamGolden, MedSamAgreesWithThePublishedCode) { golden::runSamCases(isSmall, golden::checkMedSam); }
TEST(SamGolden, PromptsAndDecoderAgreeWithThePublishedNetworks) { golden::runSamCases(isSmall, golden::checkDecoder); }

/// Products in bfloat16 (8 bits of mantissa), sums that run through the network in float32. Measured on the published cases: relative L2
/// error of embeddings at most 0.017 (MobileSAM; 0.009 ViT-B), of low-resolution logits 0.012, IoU off by 0.006 at most. The bounds leave
/// room for deeper networks and other processors' order of summation.
int checkBFloat16(golden::SamCase& sam) {
  const auto& test = sam.test();
  if (!golden::holds(test.file, "enc.neck")) return 0;
  const torch::Tensor image = golden::inputOf(test, "in.image").to(torch::kBFloat16);
  int compared = golden::expectClose(test, "enc.neck", sam.network().embed(image), kHalfEmbedding);
  for (const std::string group : {"box", "points", "box_points"})
    for (const auto& [part, choice] : {std::pair{".single.", nn::MaskChoice::Single}, std::pair{".multi.", nn::MaskChoice::Multi}}) {
      const std::string name = "dec." + group + part;
      if (!golden::holds(test.file, name + "low_res")) continue;
      const auto masks = sam.decoded(group, choice, torch::kBFloat16);
      compared += golden::expectClose(test, name + "low_res", masks.logits, kHalfLogits);
      compared += golden::expectClose(test, name + "iou", masks.iou, kHalfIou);
    }
  return compared;
}

TEST(SamGolden, BFloat16AgreesWithinItsBound) { golden::runSamCases(isSmall, checkBFloat16); }

}  // namespace
}  // namespace roundel
