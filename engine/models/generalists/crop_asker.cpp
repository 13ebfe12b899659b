#include "models/generalists/crop_asker.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "models/generalists/decision_level.h"

namespace roundel {
namespace {

using torch::Tensor;

/// A window of the picture on another grid over the same picture.
CropWindow onGrid(const CropWindow& window, Size picture, Size grid) {
  const double sx = static_cast<double>(grid.x) / static_cast<double>(picture.x),
               sy = static_cast<double>(grid.y) / static_cast<double>(picture.y);
  return {window.x0 * sx, window.y0 * sy, window.width * sx, window.height * sy};
}

/// Where the values are above 0, in the picture's pixels; nothing where they are nowhere.
std::optional<PromptBox> extentOf(std::span<const float> values, std::int64_t width, std::int64_t height, const CropWindow& window) {
  std::int64_t x0 = width, y0 = height, x1 = 0, y1 = 0;
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x)
      if (values[static_cast<std::size_t>(y * width + x)] > 0)
        x0 = std::min(x0, x), x1 = std::max(x1, x + 1), y0 = std::min(y0, y), y1 = y + 1;
  if (x1 <= x0) return {};
  const double sx = window.width / static_cast<double>(width), sy = window.height / static_cast<double>(height);
  return PromptBox{window.x0 + static_cast<double>(x0) * sx, window.y0 + static_cast<double>(y0) * sy,
                   window.x0 + static_cast<double>(x1) * sx, window.y0 + static_cast<double>(y1) * sy};
}

void include(PromptBox& box, const PromptPoint& point) {
  box.x0 = std::min(box.x0, point.x);
  box.y0 = std::min(box.y0, point.y);
  box.x1 = std::max(box.x1, point.x + 1);
  box.y1 = std::max(box.y1, point.y + 1);
}

nn::PromptPoints framedPoints(std::span<const CropPrompt> prompts) {
  std::vector<nn::FramePrompt> frames;
  for (const auto& prompt : prompts) frames.push_back(framed(prompt));
  return nn::promptPoints(frames);
}

bool touches(const PromptBox& box, Size size) {
  return box.x1 > 0 && box.y1 > 0 && box.x0 < static_cast<double>(size.x) && box.y0 < static_cast<double>(size.y);
}

PromptBox clipped(const PromptBox& box, Size size) {
  return {std::clamp(box.x0, 0.0, static_cast<double>(size.x)), std::clamp(box.y0, 0.0, static_cast<double>(size.y)),
          std::clamp(box.x1, 0.0, static_cast<double>(size.x)), std::clamp(box.y1, 0.0, static_cast<double>(size.y))};
}

}  // namespace

Size reducedSize(Size size, std::int64_t longest) {
  const double factor = std::min(1.0, static_cast<double>(longest) / static_cast<double>(std::max(size.x, size.y)));
  const auto shrunk = [&](std::int64_t length) { return std::max<std::int64_t>(1, std::llround(factor * static_cast<double>(length))); };
  return {shrunk(size.x), shrunk(size.y), 1};
}

GeneralistMask CropAsker::answer(const Prompt& asked, SoftMasks soft) const {
  Prompt prompt = asked;
  if (prompt.box) {
    if (!touches(*prompt.box, m_size)) return {.mask = Mask(m_size)};
    prompt.box = clipped(*prompt.box, m_size);
  }
  std::optional<Found> found;
  if (prompt.box) found = look(prompt, windowAround(*prompt.box, m_model.margin()), maskOf(prompt));
  else if (const auto extent = maskExtent(prompt)) found = look(prompt, windowAround(*extent, m_model.margin()), maskOf(prompt));
  else found = search(prompt);
  if (!found) return {.mask = Mask(m_size)};
  for (int again = 1; again < m_asking.looks; ++again) {
    const auto next = lookAgain(prompt, *found);
    if (next && next->score >= found->score) found = next;
  }
  return finished(prompt, *found, soft);
}

std::optional<CropAsker::MaskSource> CropAsker::maskOf(const Prompt& prompt) const {
  if (!prompt.mask) return {};
  return MaskSource{prompt.mask->values, {prompt.mask->width, prompt.mask->height, 1}, whole()};
}

std::optional<PromptBox> CropAsker::maskExtent(const Prompt& prompt) const {
  if (!prompt.mask) return {};
  auto extent = extentOf(prompt.mask->values, prompt.mask->width, prompt.mask->height, whole());
  if (!extent) return {};
  for (const auto& point : prompt.points)
    if (point.positive) include(*extent, point);
  return extent;
}

std::vector<float> CropAsker::maskIn(const MaskSource& mask, const CropWindow& window) const {
  // The window in places of the mask's own grid.
  const CropWindow& covered = mask.window;
  const double sx = static_cast<double>(mask.grid.x) / covered.width, sy = static_cast<double>(mask.grid.y) / covered.height;
  auto values = resampled(mask.values, mask.grid,
                          {(window.x0 - covered.x0) * sx, (window.y0 - covered.y0) * sy, window.width * sx, window.height * sy}, m_side);
  for (auto& value : values) value = 1 / (1 + std::exp(-value));
  return values;
}

std::vector<CropAsker::Found> CropAsker::ask(const Prompt& prompt, const std::vector<CropWindow>& windows,
                                             const std::optional<MaskSource>& mask) const {
  const auto count = static_cast<std::int64_t>(windows.size()), area = static_cast<std::int64_t>(m_side) * m_side;
  Tensor crops = torch::empty({count, nn::kCropChannels, m_side, m_side});
  std::vector<CropPrompt> prompts;
  for (std::int64_t i = 0; i < count; ++i) {
    const CropWindow& window = windows[static_cast<std::size_t>(i)];
    std::vector<float> grey = resampled(m_embedding.grey, m_size, window, m_side);
    standardise(grey);
    CropPrompt inside = inWindow(prompt, window, m_side);
    if (mask) inside.mask = maskIn(*mask, window);
    const auto channels = drawnCrop(grey, inside, m_side);
    std::memcpy(crops.mutable_data_ptr<float>() + i * nn::kCropChannels * area, channels.data(), channels.size() * sizeof(float));
    inside.mask.clear();  // it is drawn
    prompts.push_back(std::move(inside));
  }
  const auto answer = answerInViews(*m_model.network, crops, prompts, framedPoints, mask.has_value(), m_asking.pieces);
  std::vector<Found> found;
  for (std::int64_t i = 0; i < count; ++i) {
    const float* const values = answer.logits.const_data_ptr<float>() + i * area;
    found.push_back({windows[static_cast<std::size_t>(i)], std::vector<float>(values, values + area), answer.iou[i].item<double>()});
  }
  return found;
}

CropAsker::Found CropAsker::look(const Prompt& prompt, const CropWindow& window, const std::optional<MaskSource>& mask) const {
  return std::move(ask(prompt, {window}, mask).front());
}

std::optional<CropAsker::Found> CropAsker::lookAgain(const Prompt& prompt, const Found& before) const {
  auto extent = extentOf(before.logits, m_side, m_side, before.window);
  if (!extent) return {};
  for (const auto& point : prompt.points)
    if (point.positive) include(*extent, point);
  return look(prompt, windowAround(*extent, m_model.margin()), MaskSource{before.logits, {m_side, m_side, 1}, before.window});
}

double CropAsker::agreementOf(const Found& inner, const Found& outer) const {
  const auto finer = resampled(outer.logits, {m_side, m_side, 1}, {m_side / 4.0, m_side / 4.0, m_side / 2.0, m_side / 2.0}, m_side);
  double both = 0, either = 0;
  for (std::size_t k = 0; k < finer.size(); ++k) both += inner.logits[k] > 0 && finer[k] > 0, either += inner.logits[k] > 0 || finer[k] > 0;
  double beyond = 0;
  for (int y = 0; y < m_side; ++y)
    for (int x = 0; x < m_side; ++x)
      if (x < m_side / 4 || y < m_side / 4 || x >= m_side - m_side / 4 || y >= m_side - m_side / 4)
        beyond += outer.logits[static_cast<std::size_t>(y * m_side + x)] > 0;
  return either == 0 ? 0 : both / (either + 4 * beyond);
}

std::optional<CropAsker::Found> CropAsker::search(const Prompt& prompt) const {
  std::optional<PromptBox> clicks;
  for (const auto& point : prompt.points) {
    if (!point.positive) continue;
    if (!clicks) clicks = PromptBox{point.x, point.y, point.x + 1, point.y + 1};
    include(*clicks, point);
  }
  if (!clicks || !touches(*clicks, m_size)) return {};
  const double longest = static_cast<double>(std::max(m_size.x, m_size.y));
  const double spread = 1.25 * std::max(clicks->x1 - clicks->x0, clicks->y1 - clicks->y0);
  std::vector<CropWindow> windows;
  for (double length = std::max(24.0, longest / 16); length < 1.5 * longest; length *= 2) {
    if (length < spread) continue;
    windows.push_back({(clicks->x0 + clicks->x1 - length) / 2, (clicks->y0 + clicks->y1 - length) / 2, length, length});
    if (windows.size() == 5) break;
  }
  if (windows.empty()) windows.push_back({clicks->x0 - spread, clicks->y0 - spread, 3 * spread, 3 * spread});
  const auto tried = ask(prompt, windows, {});
  // What is right is found again one size further up or down.
  std::size_t best = 0;
  double most = -1;
  for (std::size_t i = 0; i < tried.size(); ++i) {
    double agreement = tried.size() > 1 ? 0 : 1;
    if (i > 0) agreement += agreementOf(tried[i - 1], tried[i]);
    if (i + 1 < tried.size()) agreement += agreementOf(tried[i], tried[i + 1]);
    if (i > 0 && i + 1 < tried.size()) agreement /= 2;
    if (const double worth = agreement * tried[i].score; worth > most) most = worth, best = i;
  }
  const auto nearer = lookAgain(prompt, tried[best]);
  return nearer ? *nearer : tried[best];
}

GeneralistMask CropAsker::finished(const Prompt& prompt, const Found& found, SoftMasks soft) const {
  const PixelBox area = pixelsOf(found.window, m_size);
  std::vector<float> logits = area.empty() ? std::vector<float>() : spreadOut(found.logits, m_side, found.window, area);
  decideForDice(logits, found.score);
  GeneralistMask answer{.mask = Mask(m_size), .score = std::clamp(found.score, 0.0, 1.0)};
  // What a person has clicked on is in, by a pixel at least.
  std::vector<std::int64_t> clicked;
  for (const auto& point : prompt.points) {
    const auto x = std::llround(point.x), y = std::llround(point.y);
    if (x < 0 || y < 0 || x >= m_size.x || y >= m_size.y) continue;
    if (x >= area.x0 && x < area.x1 && y >= area.y0 && y < area.y1) {
      float& logit = logits[static_cast<std::size_t>((y - area.y0) * (area.x1 - area.x0) + x - area.x0)];
      logit = point.positive ? std::max(logit, 0.1F) : std::min(logit, -0.1F);
    } else if (point.positive) {
      clicked.push_back(y * m_size.x + x);
    }
  }
  std::vector<Mask::Run> runs;
  for (const auto pixel : clicked) runs.push_back({pixel, 1});
  const std::int64_t width = area.x1 - area.x0;
  for (std::int64_t y = area.y0; y < area.y1; ++y)
    for (std::int64_t x = 0, start = -1; x <= width; ++x) {
      const bool in = x < width && logits[static_cast<std::size_t>((y - area.y0) * width + x)] > 0;
      if (in && start < 0) start = x;
      if (!in && start >= 0) runs.push_back({y * m_size.x + area.x0 + start, x - start}), start = -1;
    }
  answer.mask = Mask(m_size, std::move(runs));
  answer.lowRes = lowResOf(found);
  if (soft == SoftMasks::No) return answer;
  answer.probability.assign(static_cast<std::size_t>(m_size.count()), 0.0F);
  for (std::int64_t y = area.y0; y < area.y1; ++y)
    for (std::int64_t x = area.x0; x < area.x1; ++x) {
      const float logit = logits[static_cast<std::size_t>((y - area.y0) * width + x - area.x0)];
      // A sigmoid rounds to a half where a logit is tiny: the mask decides.
      const float p = 1 / (1 + std::exp(-logit));
      answer.probability[static_cast<std::size_t>(y * m_size.x + x)] = logit > 0 ? std::max(p, 0.50001F) : std::min(p, 0.5F);
    }
  for (const auto pixel : clicked) answer.probability[static_cast<std::size_t>(pixel)] = 0.525F;
  return answer;
}

LowResLogits CropAsker::lowResOf(const Found& found) const {
  const Size low = reducedSize(m_size, kCropLowResSide);
  const CropWindow window = onGrid(found.window, m_size, low);
  const PixelBox cells = pixelsOf(window, low);
  LowResLogits lowRes{.width = static_cast<int>(low.x), .height = static_cast<int>(low.y)};
  lowRes.values.assign(static_cast<std::size_t>(low.count()), kCropNowhere);
  if (!cells.empty()) {
    const auto values = spreadOut(found.logits, m_side, window, cells);
    for (std::int64_t y = cells.y0; y < cells.y1; ++y)
      std::copy_n(values.begin() + (y - cells.y0) * (cells.x1 - cells.x0), cells.x1 - cells.x0,
                  lowRes.values.begin() + y * low.x + cells.x0);
  }
  return lowRes;
}

}  // namespace roundel
