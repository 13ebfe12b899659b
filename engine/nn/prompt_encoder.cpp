#include "nn/prompt_encoder.h"

#include <algorithm>
#include <numbers>

#include "core/error.h"

namespace roundel::nn {
namespace {

using torch::Tensor;

std::vector<FramePoint> tokensOf(const FramePrompt& prompt, PromptForm form) {
  std::vector<FramePoint> tokens = prompt.points;
  if (prompt.box) {
    tokens.insert(form == PromptForm::Sam ? tokens.end() : tokens.begin(),
                  {{prompt.box->x0, prompt.box->y0, PointLabel::TopLeft}, {prompt.box->x1, prompt.box->y1, PointLabel::BottomRight}});
  }
  if (!prompt.box || form == PromptForm::Sam2) tokens.push_back({0, 0, PointLabel::Padding});
  return tokens;
}

Tensor labelled(std::initializer_list<PointLabel> labels, std::int64_t batch) {
  std::vector<std::int64_t> values;
  for (const PointLabel label : labels) values.push_back(static_cast<std::int64_t>(label));
  return torch::tensor(values).unsqueeze(0).expand({batch, -1});
}

}  // namespace

PromptPoints promptPoints(std::span<const FramePrompt> prompts, PromptForm form) {
  std::vector<std::vector<FramePoint>> rows;
  std::size_t longest = 0;
  for (const FramePrompt& prompt : prompts) {
    rows.push_back(tokensOf(prompt, form));
    longest = std::max(longest, rows.back().size());
  }
  std::vector<float> places;
  std::vector<std::int64_t> labels;
  bool hasFillers = false;
  for (auto& row : rows) {
    hasFillers = hasFillers || row.size() < longest;
    row.resize(longest, {0, 0, PointLabel::Filler});
    for (const FramePoint& point : row) {
      places.insert(places.end(), {static_cast<float>(point.x), static_cast<float>(point.y)});
      labels.push_back(static_cast<std::int64_t>(point.label));
    }
  }
  const auto batch = static_cast<std::int64_t>(rows.size()), count = static_cast<std::int64_t>(longest);
  return {torch::tensor(places).view({batch, count, 2}), torch::tensor(labels).view({batch, count}), hasFillers};
}

PromptPoints promptPoints(const Tensor& points, const Tensor& labels, const Tensor& boxes, PromptForm form) {
  std::vector<Tensor> places, kinds;
  if (points.defined()) {
    places.push_back(points.to(torch::kFloat).cpu());
    kinds.push_back(labels.to(torch::kLong).cpu());
  }
  if (boxes.defined()) {
    const Tensor corners = boxes.to(torch::kFloat).cpu().reshape({-1, 2, 2});
    places.insert(form == PromptForm::Sam ? places.end() : places.begin(), corners);
    kinds.insert(form == PromptForm::Sam ? kinds.end() : kinds.begin(),
                 labelled({PointLabel::TopLeft, PointLabel::BottomRight}, corners.size(0)));
  }
  if (places.empty()) throw Error(ErrorKind::Defect, "empty-prompt", "A prompt has neither points nor a box.");
  if (!boxes.defined() || form == PromptForm::Sam2) {
    places.push_back(torch::zeros({places[0].size(0), 1, places[0].size(2)}));
    kinds.push_back(labelled({PointLabel::Padding}, places[0].size(0)));
  }
  const Tensor allKinds = torch::cat(kinds, 1);
  return {torch::cat(places, 1), allKinds, allKinds.eq(static_cast<std::int64_t>(PointLabel::Filler)).any().item<bool>()};
}

PromptEncoder::PromptEncoder(const Scope& scope, const PromptEncoderOptions& options)
    : m_options(options),
      m_gaussian((scope / "pe_layer").take("positional_encoding_gaussian_matrix", {options.axes, options.dim / options.axes})),
      m_notAPoint((scope / "not_a_point_embed").take("weight", {1, options.dim})),
      m_down0(scope / "mask_downscaling" / 0, {.in = 1, .out = options.maskChannels / 4, .kernel = 2, .stride = 2, .axes = options.axes}),
      m_down1(scope / "mask_downscaling" / 1, options.maskChannels / 4),
      m_down3(scope / "mask_downscaling" / 3,
              {.in = options.maskChannels / 4, .out = options.maskChannels, .kernel = 2, .stride = 2, .axes = options.axes}),
      m_down4(scope / "mask_downscaling" / 4, options.maskChannels),
      m_down6(scope / "mask_downscaling" / 6, {.in = options.maskChannels, .out = options.dim, .kernel = 1, .axes = options.axes}),
      m_noMask((scope / "no_mask_embed").take("weight", {1, options.dim})) {
  for (int i = 0; i < options.pointKinds; ++i)
    m_pointEmbeddings.push_back((scope / "point_embeddings" / i).take("weight", {1, options.dim}));
}

Tensor PromptEncoder::encoded(const Tensor& places) const {
  const Tensor angles = torch::matmul(2 * places - 1, m_gaussian.to(torch::kFloat)) * (2 * std::numbers::pi);
  const Tensor sines = torch::sin(angles), cosines = torch::cos(angles);
  return m_options.axes == 2 ? torch::cat({sines, cosines}, -1) : torch::cat({sines, cosines, sines}, -1);
}

PromptEncoder::Sparse PromptEncoder::sparse(const PromptPoints& points) const {
  const Tensor labels = points.labels.to(m_gaussian.device());
  const Tensor places = points.places.to(m_gaussian.device());
  // One row for every label from Filler on; those that are no place have no position.
  std::vector<Tensor> rows{torch::zeros_like(m_notAPoint), m_notAPoint};
  rows.insert(rows.end(), m_pointEmbeddings.begin(), m_pointEmbeddings.end());
  const Tensor kind = torch::embedding(torch::cat(rows, 0).to(torch::kFloat), labels - static_cast<std::int64_t>(PointLabel::Filler));
  const Tensor positions = encoded((places + 0.5) / m_options.imageSize);
  const Tensor tokens = positions.masked_fill(labels.lt(0).unsqueeze(-1), 0) + kind;
  return {tokens, points.hasFillers ? labels.eq(static_cast<std::int64_t>(PointLabel::Filler)) : Tensor()};
}

Tensor PromptEncoder::dense(const Tensor& masks) const {
  const Tensor quarter = torch::gelu(m_down1(m_down0(masks)));
  return m_down6(torch::gelu(m_down4(m_down3(quarter))));
}

Tensor PromptEncoder::noMask() const {
  const Tensor row = m_noMask.to(torch::kFloat).view({1, m_options.dim, 1, 1});
  return m_options.axes == 2 ? row : row.unsqueeze(-1);
}

Tensor PromptEncoder::gridPositions() const {
  const Tensor centres =
      (torch::arange(m_options.grid, torch::TensorOptions().device(m_gaussian.device()).dtype(torch::kFloat)) + 0.5) / m_options.grid;
  auto places = torch::meshgrid(std::vector<Tensor>(static_cast<std::size_t>(m_options.axes), centres), "ij");
  if (m_options.axes == 2 || m_options.swapsGrid) std::swap(places[0], places[1]);
  return encoded(torch::stack(places, -1)).movedim(-1, 0).unsqueeze(0);
}

}  // namespace roundel::nn
