#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/mask.h"
#include "core/prompt.h"
#include "core/registry.h"

namespace roundel {

/// What a generalist will be asked about one class.
struct ClassPrompts {
  int classIndex = 0;
  bool present = false;                     ///< the cleaned mask has pixels
  bool hasExclusivePixels = false;          ///< some of them belong to no other class; without any there is no prompt
  std::optional<PromptBox> box = {};        ///< of the mask, half-open, with the margin; also where there is no prompt
  std::optional<PromptPoint> seed = {};     ///< the positive point
  std::vector<PromptPoint> negatives = {};  ///< seeds of the other classes
  std::optional<Prompt> first = {};         ///< the first call of the generalist
  std::optional<Prompt> second = {};        ///< the second call, which gets the first one's low-resolution logits as its mask
};

/// From cleaned masks of all classes to prompts of all classes.
class PromptExtractor {
 public:
  virtual ~PromptExtractor() = default;
  virtual std::string name() const = 0;
  /// `cleaned`: one mask a class, all on one 2-D grid. One entry a class, in order. Deterministic.
  /// Throws Error(BadInput, "size-mismatch" | "not-2d").
  virtual std::vector<ClassPrompts> extract(std::span<const Mask> cleaned) const = 0;
};

/// The family: builtin_extractors.cpp.
const Registry<PromptExtractor>& promptExtractors();

/// How far prompts are moved to see whether a mask is stable under it (quality of a pseudo-label).
struct JitterOptions {
  double boxShare = 0.1;    ///< standard deviation of each side of the box, as a share of the box's side
  double boxMost = 20;      ///< pixels that a side moves at most
  double pointShare = 0.1;  ///< the same for points, of the class's box
};

/// The same prompts, moved: a function of (seed, sample, class) alone. `masks` are those that the prompts came from: a positive
/// point that lay in its mask stays in it, boxes stay in the image and are never empty.
std::vector<ClassPrompts> jittered(const std::vector<ClassPrompts>& prompts, std::span<const Mask> masks, const JitterOptions& options,
                                   std::uint64_t seed, std::uint64_t sample);

/// {"class", "present", "has_exclusive_pixels", "box", "positive", "negatives", "first", "second"}; absent things are null.
Json toJson(const ClassPrompts& prompts);
/// The reverse. Throws Error(BadInput, "bad-document").
ClassPrompts classPromptsFromJson(const Json& json);

}  // namespace roundel
