#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/image.h"
#include "core/job.h"
#include "core/mask.h"
#include "models/generalist.h"

namespace roundel {

/// The ways of asking that generalists are measured with.
enum class Asking {
  TrueBox,     ///< the mask's own box
  NearBox,     ///< each side moved by up to a tenth of its length
  WrongBox,    ///< each side moved by up to a fifth, and all shifted by up to a seventh: a weak specialist's
  TwoCalls,    ///< the true box, then a click inside and one beside with the first answer as mask prompt (SAM Carries the Burden)
  OneClick,    ///< where the mask is deepest
  ThreeClicks  ///< that one, then two where the answer was wrong, each with the answer before as mask prompt
};
inline constexpr Asking kAskings[] = {Asking::TrueBox,  Asking::NearBox,  Asking::WrongBox,
                                      Asking::TwoCalls, Asking::OneClick, Asking::ThreeClicks};
std::string toString(Asking asking);

struct PromptScore {
  int classIndex = 0;
  double iou = 0;
  double predicted = 0;      ///< the generalist's own opinion; NaN where it has none
  std::int64_t area = 0;     ///< of the true mask, pixels
  std::int64_t longest = 0;  ///< side of its box
};

/// One score for each mask that has pixels or voxels. Boxes and clicks depend on (seed, sample, class) alone: every generalist is asked the same, but
/// for the clicks that follow its own answers.
std::vector<PromptScore> scorePrompts(const Generalist& generalist, const Embedding& embedding, std::span<const Mask> truth, Asking asking,
                                      std::uint64_t seed, std::uint64_t sample, Job& job);

/// IoU of the filled ellipse (ellipsoid) in the mask's own box: what knowing nothing but the box scores.
double ellipseIou(const Mask& truth);

}  // namespace roundel
