#pragma once
#include <functional>

#include "golden/network_golden.h"
#include "nn/sam.h"

/// How golden cases of the kinds "sam" and "medsam" are run: every group of tensors that a case holds, whatever its network.
namespace roundel::golden {

constexpr Tolerance kSamEncoder{.maxOverRms = 2e-4, .relativeL2 = 2e-5};
constexpr Tolerance kSamPrompt{.maxOverRms = 5e-5};
constexpr Tolerance kSamLogits{.maxOverRms = 1e-4};
constexpr Tolerance kSamIou{.absolute = 1e-5};
/// Where a mask prompt is an earlier output.
constexpr Tolerance kSamFedBack{.maxOverRms = 1e-3, .relativeL2 = 5e-5};
constexpr Tolerance kSamFedBackIou{.absolute = 5e-5};
constexpr Tolerance kSamUpsampled{.maxOverRms = 1e-3, .relativeL2 = 5e-5};

/// Options of the network that a case names: one that is known by name, or one whose keys the reference folder lists
/// (ROUNDEL_REFERENCE, state_dict_keys/<network>.txt). Nothing where it is neither.
std::optional<nn::SamOptions> samOptionsOf(const Case& test);

/// Whether embedding one image is more than two TFLOP: ViT-L and ViT-H.
bool isLarge(const nn::SamOptions& options);

/// A case with its network and the embeddings that its tensors were computed from, each made when it is first asked for.
class SamCase {
 public:
  SamCase(const Case& test, const nn::SamOptions& options) : m_test(test), m_options(options) {}

  const Case& test() const { return m_test; }
  const nn::Sam& network();
  const nn::SamOptions& options() const { return m_options; }
  /// The embedding of `in.image`.
  const Tensor& embedded();
  /// What the decoder's tensors are computed from: `in.image_embedding`, or the embedding of `in.image` where there is none.
  const Tensor& embedding();
  /// The decoder's answer to the inputs that a group's name speaks of ("box_points_mask", "one_point", "e2e_box", "two_call").
  /// Products in the type `products`.
  nn::DecodedMasks decoded(const std::string& group, nn::MaskChoice choice, torch::ScalarType products = torch::kFloat);

 private:
  Case m_test;
  nn::SamOptions m_options;
  std::optional<nn::Sam> m_network;
  Tensor m_given, m_embedded;
};

/// Each compares every tensor of its kind that the case holds and returns how many.
int checkEncoder(SamCase& sam);
int checkDecoder(SamCase& sam);
int checkPostprocessing(SamCase& sam);
int checkPreprocessing(SamCase& sam);
/// The same for MedSAM, whose cases have tensors of their own.
int checkMedSam(SamCase& sam);

/// Runs every case of the kinds that `chosen` picks; skips where there is none.
void runSamCases(const std::function<bool(const nn::SamOptions&)>& chosen, const std::function<int(SamCase&)>& check);

}  // namespace roundel::golden
