#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/image.h"
#include "core/job.h"
#include "core/param_spec.h"
#include "core/prediction.h"
#include "models/embedding_store.h"
#include "models/generalist.h"
#include "prompts/prompt_extractor.h"

namespace roundel {

/// Whether the specialist's own soft mask goes along as mask prompt of the first call.
enum class SpecialistMask {
  Automatic,  ///< for generalists without learnt weights: from a box alone they cannot know the object
  Never,      ///< the paper: the generalist sees boxes and points only
  Always      ///< wherever the generalist takes mask prompts
};

/// Whether the generalist is asked again with points and its own first answer (ALGORITHMS.md 6.5).
enum class SecondCall {
  Automatic,  ///< only where the first call had no mask prompt
  Never,
  Always
};

/// How a generalist is asked about a class.
enum class Proposals {
  Automatic,  ///< Several for generalists that see crops, else Calls
  Calls,      ///< a first call and a second, as SpecialistMask and SecondCall say; the last answer counts
  Several     ///< box and soft mask of the specialist, twice, the box once a little wider: the soft answers and that mask are averaged
};

struct RefinerSettings {
  Proposals proposals = Proposals::Automatic;
  SpecialistMask specialistMask = SpecialistMask::Automatic;  ///< of Calls
  SecondCall secondCall = SecondCall::Automatic;              ///< of Calls
  double specialistShare = 0.34;                              ///< of Several: how much the specialist's soft mask counts in the average
  double minimumAgreement = 0.5;  ///< Dice of the answer with the cleaned mask below which the cleaned mask stays; 0: never
  JitterOptions jitter = {};
  double maskShift = 0.06;  ///< jitter of a mask prompt: standard deviation, as a share of the square root of its area
};

/// Where the mask of a class comes from.
enum class RefinedSource {
  Absent,       ///< the specialist found nothing
  Generalist,   ///< the generalist's answer
  NoPrompt,     ///< no pixel belongs to this class alone, so nothing was asked; the cleaned mask stays (ALGORITHMS.md 6.4)
  Disagreement  ///< the answer was too far from the cleaned mask, which stays
};

std::string toString(RefinedSource source);

/// One class after refinement, on the image's own grid.
struct RefinedClass {
  int classIndex = 0;
  Mask mask;    ///< what becomes the pseudo-label
  Mask answer;  ///< what the generalists said; empty where they were not asked
  RefinedSource source = RefinedSource::Absent;
  std::optional<double> score = {};         ///< the generalists' own opinion in [0, 1], their mean
  std::optional<double> agreement = {};     ///< Dice of answer and cleaned mask
  std::optional<double> disagreement = {};  ///< of several generalists: 1 - mean Dice of their masks, two by two
  std::optional<Prompt> first = {};         ///< as asked, without the mask prompt
  std::optional<Prompt> second = {};
};

/// From the specialist's cleaned masks and their prompts to refined masks, all classes of an image in one batch a call.
///
/// Several generalists are asked alike and their soft masks averaged. Classes are refined apart from one another and may overlap
/// afterwards. Deterministic.
class LabelRefiner {
 public:
  /// Throws Error(Usage, "no-generalist") on an empty list. Embeddings of learnt generalists are kept in `store` where one is given.
  LabelRefiner(std::vector<std::shared_ptr<const Generalist>> generalists, RefinerSettings settings,
               std::shared_ptr<EmbeddingStore> store = nullptr);

  /// The same generalists, asked otherwise.
  LabelRefiner with(const RefinerSettings& settings) const { return {m_generalists, settings, m_store}; }
  const RefinerSettings& settings() const { return m_settings; }

  /// One embedding a generalist, in order; what the two functions below are given.
  std::vector<std::shared_ptr<const Embedding>> embed(const Image& image, Job& job) const;

  /// `prediction`, `cleaned` (one mask a class) and `prompts` (one a class) on the image's own grid; resample before where the
  /// specialist works smaller. One entry a class. Throws Error(Defect, "size-mismatch") and what the generalists throw.
  std::vector<RefinedClass> refine(std::span<const std::shared_ptr<const Embedding>> embeddings, const Prediction& prediction,
                                   std::span<const Mask> cleaned, std::span<const ClassPrompts> prompts, Job& job) const;

  /// Mean Dice, two by two, of the answers to `samples` (at least 2) jittered versions of the prompts: 1 where the prompt's exact
  /// place does not matter. None where a class is not asked about.
  std::vector<std::optional<double>> stability(std::span<const std::shared_ptr<const Embedding>> embeddings, const Prediction& prediction,
                                               std::span<const Mask> cleaned, std::span<const ClassPrompts> prompts, int samples,
                                               std::uint64_t seed, Job& job) const;

 private:
  struct Asked;
  struct Shift;
  /// The specialist's soft mask of a class, moved as `shift` says.
  static std::vector<float> movedMask(const Prediction& prediction, std::span<const Mask> cleaned, int classIndex, const Shift& shift);
  /// Several proposals of one generalist, averaged.
  std::vector<GeneralistMask> severally(const Generalist& generalist, const Embedding& embedding, const Prediction& prediction,
                                        std::span<const Mask> cleaned, std::span<const ClassPrompts> prompts, const Shift& shift,
                                        Job& job) const;
  bool asksSeverally(const Generalist& generalist) const;
  std::vector<Asked> ask(std::span<const std::shared_ptr<const Embedding>> embeddings, const Prediction& prediction,
                         std::span<const Mask> cleaned, std::span<const ClassPrompts> prompts, const Shift& shift, Job& job) const;
  std::vector<Prompt> firstPrompts(const Generalist& generalist, const Embedding& embedding, const Prediction& prediction,
                                   std::span<const Mask> cleaned, std::span<const ClassPrompts> prompts, const Shift& shift) const;

  std::vector<std::shared_ptr<const Generalist>> m_generalists;
  RefinerSettings m_settings;
  std::shared_ptr<EmbeddingStore> m_store;
};

/// proposals, specialist_share, mask_prompt, second_call, minimum_agreement.
std::vector<ParamSpec> refinerParams();
RefinerSettings refinerSettings(const Params& params);

}  // namespace roundel
