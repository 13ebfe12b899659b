#include "models/generalists/prompt_views.h"

namespace roundel {
namespace {

using torch::Tensor;

std::vector<std::int64_t> mirroredAxes(int view) {
  std::vector<std::int64_t> axes;
  for (int axis = 0; axis < 3; ++axis)
    if ((view >> axis & 1) != 0) axes.push_back(-1 - axis);  // x runs along the last
  return axes;
}

Tensor mirrored(const Tensor& pieces, int view) { return view == 0 ? pieces : pieces.flip(mirroredAxes(view)); }

void mirror(double& low, double& high, double side) {
  const double before = low;
  low = side - high, high = side - before;
}

CropPrompt mirrored(CropPrompt prompt, int view, double side) {
  const bool x = (view & 1) != 0, y = (view & 2) != 0, z = (view & 4) != 0;
  if (auto& box = prompt.box) {
    if (x) mirror(box->x0, box->x1, side);
    if (y) mirror(box->y0, box->y1, side);
    if (z) mirror(box->z0, box->z1, side);
  }
  for (auto& point : prompt.points) {
    if (x) point.x = side - point.x;
    if (y) point.y = side - point.y;
    if (z) point.z = side - point.z;
  }
  return prompt;
}

}  // namespace

ViewedAnswer answerInViews(const nn::PromptableNetwork& network, const Tensor& pieces, const std::vector<CropPrompt>& prompts,
                           const PointsOf& points, bool masked, const PieceAsking& asking) {
  std::vector<Tensor> turned;
  std::vector<CropPrompt> asked;
  for (int view = 0; view < asking.views; ++view) {
    turned.push_back(mirrored(pieces, view));
    for (const auto& prompt : prompts) asked.push_back(mirrored(prompt, view, static_cast<double>(pieces.size(-1))));
  }
  const std::int64_t count = pieces.size(0);
  const auto answer = network.forward(torch::cat(turned).to(asking.device, asking.products), points(asked),
                                      torch::full({asking.views * count}, masked, torch::kBool).to(asking.device));
  const auto drawn = answer.logits.to(torch::kCPU, torch::kFloat).chunk(asking.views);
  Tensor logits = drawn[0];
  for (int view = 1; view < asking.views; ++view) logits = logits + mirrored(drawn[static_cast<std::size_t>(view)], view);
  return {(logits / asking.views).contiguous(),
          torch::sigmoid(answer.iouLogits).to(torch::kCPU, torch::kFloat).view({asking.views, count}).mean(0)};
}

}  // namespace roundel
