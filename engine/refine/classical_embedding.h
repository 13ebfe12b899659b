#pragma once
#include <memory>
#include <string>

#include "core/image.h"
#include "models/generalist.h"
#include "refine/field.h"

namespace roundel {

/// What the generalists without learnt weights remember of an image: the grey values that they work on.
class ClassicalEmbedding : public Embedding {
 public:
  std::string owner;  ///< Generalist::contentHash() of the one that made it
  Field grey;         ///< finite, in [0, 1]
};

/// What is done to the grey values before anything else.
enum class Contrast { AsIs, Equalised };

/// Checks the image (2-D, values fit the size) and prepares it. Values that are no number become black, others are clamped to
/// [0, 1]. Equalised: CLAHE, 8x8 tiles, limit 2. Throws Error(BadInput, "not-2d" | "bad-image").
std::shared_ptr<const ClassicalEmbedding> classicalEmbedding(const Image& image, const std::string& owner, Contrast contrast);

/// The embedding as a classical one. Throws Error(Defect, "foreign-embedding") where another generalist made it.
const ClassicalEmbedding& asClassical(const Embedding& embedding, const std::string& owner);

/// Classical features on a grid of every fourth pixel (ALGORITHMS.md 5.4b): at scales of 1, 2 and 4 pixels Gaussian, gradient
/// magnitude, Laplacian and both eigenvalues of the Hessian; mean and deviation over 5x5 and 11x11 pixels. Every channel is
/// standardised over the image, a constant channel is added so that flat images have a direction too, and every vector has
/// length one.
FeatureMap classicalFeatures(const ClassicalEmbedding& embedding);

/// The soft mask as logits on the generalists' own low resolution: the image's size, at most kLowResSide on its longer side.
inline constexpr int kLowResSide = 512;
LowResLogits lowResFrom(const Field& probability, Size image);

/// How the soft mask of a window becomes an answer: probability above one half, kept where it hangs together with a foreground
/// seed or a positive point, holes smaller than a fiftieth of it filled.
/// The score is the expected intersection over union of the mask with a truth drawn from the probabilities.
GeneralistMask answerFrom(const Field& workProbability, const struct SeedField& seeds, Size image, SoftMasks soft);

}  // namespace roundel
