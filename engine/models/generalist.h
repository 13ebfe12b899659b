#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/image.h"
#include "core/job.h"
#include "core/mask.h"
#include "core/prompt.h"
#include "core/registry.h"
#include "device/device.h"

namespace roundel {

/// What a generalist remembers of one image, made once and asked often. Each generalist derives its own.
class Embedding {
 public:
  virtual ~Embedding() = default;
  Size imageSize;  ///< of the image it was made from
  /// What it holds in memory, what it will hold after its first prompt included; unless it says so itself, four bytes a pixel.
  virtual std::uint64_t bytes() const { return static_cast<std::uint64_t>(imageSize.count()) * sizeof(float); }
};

/// A piece of an embedding as it lies on disk: little-endian, row-major, `dtype` in the words of safetensors ("F16", "I64").
struct EmbeddingPart {
  std::string name;
  std::string dtype;
  std::vector<std::int64_t> shape;
  std::vector<std::byte> bytes;
};

/// Dense features of an image: unit-length vectors on a coarse grid, for prototypes and neighbours (ALGORITHMS.md 5.4b).
struct FeatureMap {
  int channels = 0;
  Size size;                  ///< of the grid
  std::vector<float> values;  ///< [channel][z][y][x]
};

/// What a generalist answers to one prompt.
struct GeneralistMask {
  Mask mask;         ///< on the image's own grid
  double score = 0;  ///< its own opinion of the mask as predicted IoU in [0, 1]; NaN where it has none
  /// How sure the mask's outline is, in [0, 1]: area of the logits above +1 by that above -1; NaN where it has no logits.
  double stability = std::numeric_limits<double>::quiet_NaN();
  LowResLogits lowRes;                  ///< to be handed back as the mask prompt of a second call; empty where it has none
  std::vector<float> probability = {};  ///< soft mask on the image's grid; empty unless asked for
};

/// What a generalist can be asked.
struct GeneralistTraits {
  bool takesBox = true;
  bool takesPoints = true;
  bool takesMask = false;
  bool learnt = false;  ///< has weights, shipped or brought
  int dimensions = 2;   ///< 2: looks at single pictures; 3: at volumes
};

/// What looking at one image takes, found out before it starts.
struct MemoryPlan {
  std::uint64_t neededBytes = 0;     ///< 0: little
  std::uint64_t availableBytes = 0;  ///< on the device now
  int promptsAtOnce = 1;             ///< answered together
  Precision precision = Precision::Float32;

  bool fits() const { return neededBytes <= availableBytes; }
  /// "needs 3.1 GB of 8.0 GB that are free"
  std::string sentence() const;
};

enum class SoftMasks { No, Yes };

/// A frozen, promptable model: embed once, then segment from prompts, several in one call. Deterministic.
///
/// The two calls of SAM Carries the Burden (ALGORITHMS.md 6.5) are: segment(box), then segment(points + lowRes of the first).
class Generalist {
 public:
  virtual ~Generalist() = default;
  virtual std::string name() const = 0;
  virtual GeneralistTraits traits() const = 0;
  /// Identity of weights and preprocessing: part of every cache key and every result.
  virtual std::string contentHash() const = 0;
  /// For one call of embed().
  virtual MemoryPlan memoryPlan() const { return {}; }
  /// To be asked before long work; embed() asks by itself before its first. A generalist that computes on a GPU goes to the processor
  /// where the GPU's memory will not do, and says so to `job`. Throws Error(Resource, "out-of-memory") with the plan where nothing will.
  virtual void requireRoom(Job& job) const;
  /// `image`: after the pixel pipeline, grey in [0, 1].
  virtual std::shared_ptr<const Embedding> embed(const Image& image, Job& job) const = 0;
  /// The embedding for the store on disk, in half precision; empty where making it anew costs no more than reading it.
  /// unpack(pack(e)) answers as e does, up to half precision; unpack throws Error(BadInput, "bad-embedding") on parts that are
  /// not those of this generalist.
  virtual std::vector<EmbeddingPart> pack(const Embedding& embedding) const;
  virtual std::shared_ptr<const Embedding> unpack(const std::vector<EmbeddingPart>& parts) const;
  /// One answer a prompt, in order. An embedding of another generalist is a defect.
  virtual std::vector<GeneralistMask> segment(const Embedding& embedding, std::span<const Prompt> prompts, SoftMasks soft,
                                              Job& job) const = 0;
  virtual FeatureMap features(const Embedding& embedding) const = 0;
  /// A soft mask [depth][height][width] of the image's size, values in [0, 1], in the form in which this generalist takes a mask
  /// prompt; empty where it takes none. The way in which a specialist's prediction itself becomes a prompt.
  virtual LowResLogits maskPrompt(const Embedding& embedding, std::span<const float> probability) const;
  /// The picture as this generalist sees it, grey in [0, 1]; `image` is the one that was embedded.
  virtual Image view(const Embedding& embedding, const Image& image) const;
};

/// What every generalist asks of a prompt: finite places, a box with area, a mask prompt of its number of dimensions, and at least a
/// box, a positive point or a mask. Throws Error(BadInput, "empty-prompt" | "bad-prompt") with the class's number.
void requireUsable(const Prompt& prompt, int dimensions = 2);

/// What a person's prompt is asked beside that: a box that covers a part of the image, positive points on it. Throws Error(BadInput,
/// "bad-prompt"). Prompts that a rule makes are not asked this: one that is moved a little may leave the image.
void requireOnImage(const Prompt& prompt, Size size);

/// For work on studies of pictures. Throws Error(Usage, "not-2d") for a generalist that looks at volumes.
void requireForPictures(const Generalist& generalist);

}  // namespace roundel
