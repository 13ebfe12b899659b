#pragma once
#include <torch/torch.h>

#include <optional>
#include <vector>

#include "core/prompt.h"
#include "models/generalists/crop_model.h"
#include "models/generalists/network_embedding.h"
#include "models/generalists/prompt_views.h"

namespace roundel {

/// What a generalist of crops remembers of a picture: the picture.
struct CropEmbedding : NetworkEmbedding {
  std::vector<float> grey;  ///< within [0, 1]
};

/// Low-resolution logits cover the whole picture, so many pixels its longest side at most.
inline constexpr std::int64_t kCropLowResSide = 256;
inline constexpr float kCropNowhere = -10;  ///< logit of what no crop covers

/// The picture's size, reduced so that the longest side is `longest` at most.
Size reducedSize(Size size, std::int64_t longest);

/// How crops are computed.
struct CropAsking {
  PieceAsking pieces;
  int looks = 1;  ///< how often it looks
};

/// Answers prompts about one picture, one after the other: the same bytes however many are asked together.
class CropAsker {
 public:
  CropAsker(const CropEmbedding& embedding, const CropModel& model, const CropAsking& asking)
      : m_embedding(embedding), m_size(embedding.imageSize), m_model(model), m_asking(asking), m_side(model.network->options().side) {}

  GeneralistMask answer(const Prompt& asked, SoftMasks soft) const;

 private:
  /// One crop's answer, in its window.
  struct Found {
    CropWindow window;
    std::vector<float> logits;  ///< [side][side]
    double score = 0;
  };
  /// Logits that serve as a mask prompt, and the window of the picture that their grid covers.
  struct MaskSource {
    std::span<const float> values;
    Size grid;
    CropWindow window;
  };

  CropWindow whole() const { return {0, 0, static_cast<double>(m_size.x), static_cast<double>(m_size.y)}; }
  std::optional<MaskSource> maskOf(const Prompt& prompt) const;
  /// What a mask prompt and the positive clicks span.
  std::optional<PromptBox> maskExtent(const Prompt& prompt) const;
  /// A mask prompt in a window, as probabilities.
  std::vector<float> maskIn(const MaskSource& mask, const CropWindow& window) const;
  /// One answer a window.
  std::vector<Found> ask(const Prompt& prompt, const std::vector<CropWindow>& windows, const std::optional<MaskSource>& mask) const;
  Found look(const Prompt& prompt, const CropWindow& window, const std::optional<MaskSource>& mask) const;
  /// At what was found, with it as mask prompt, as near as it is large. Nothing where nothing was found.
  std::optional<Found> lookAgain(const Prompt& prompt, const Found& before) const;
  /// IoU of two answers in windows of one middle, the second twice as large.
  double agreementOf(const Found& inner, const Found& outer) const;
  /// Squares of several sizes around the positive clicks; the one that the network thinks best of and finds again, looked at once more.
  std::optional<Found> search(const Prompt& prompt) const;
  GeneralistMask finished(const Prompt& prompt, const Found& found, SoftMasks soft) const;
  LowResLogits lowResOf(const Found& found) const;

  const CropEmbedding& m_embedding;
  Size m_size;
  const CropModel& m_model;
  CropAsking m_asking;
  int m_side;
};

}  // namespace roundel
