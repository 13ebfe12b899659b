#include "models/specialists/nnunet_stages.h"

#include <algorithm>
#include <sstream>

#include "core/error.h"
#include "core/files.h"

namespace roundel {
namespace {

constexpr std::int64_t kSmallestSide = 4;
constexpr std::size_t kMostStages = 8;

/// The axes that are halved next.
std::vector<std::size_t> halvedNext(const std::array<std::int64_t, 3>& size, const std::array<double, 3>& spacing) {
  std::vector<std::size_t> possible;
  for (std::size_t axis = 0; axis < 3; ++axis)
    if (size[axis] >= 2 * kSmallestSide && size[axis] % 2 == 0) possible.push_back(axis);
  if (possible.empty()) return {};
  double finest = spacing[possible.front()];
  for (const std::size_t axis : possible) finest = std::min(finest, spacing[axis]);
  std::erase_if(possible, [&](std::size_t axis) { return spacing[axis] / finest >= 2; });
  if (possible.size() == 1 && size[possible.front()] < 3 * kSmallestSide) return {};
  return possible;
}

std::array<std::int64_t, 3> threeDigits(const std::string& text, std::int64_t low, std::int64_t high) {
  std::array<std::int64_t, 3> digits{};
  bool good = text.size() == 3;
  for (std::size_t i = 0; good && i < 3; ++i) {
    digits[i] = text[i] - '0';
    good = digits[i] == low || digits[i] == high;
  }
  if (!good)
    throw Error(ErrorKind::Usage, "bad-parameter",
                "The parameter nnunet_stages is auto, or kernel and stride of every level as in \"133/111 333/122\"; not " +
                    sanitisedUtf8(text) + ".");
  return digits;
}

}  // namespace

std::vector<nn::UNetStage> nnunetStages(const std::array<std::int64_t, 3>& patch, const std::array<double, 3>& given) {
  std::array<std::int64_t, 3> size = patch;
  std::array<double, 3> spacing = given;
  if (std::any_of(spacing.begin(), spacing.end(), [](double side) { return !(side > 0); })) spacing = {1, 1, 1};
  std::vector<nn::UNetStage> stages;
  std::array<std::int64_t, 3> kernel{1, 1, 1}, stride{1, 1, 1};
  while (true) {
    const auto halved = halvedNext(size, spacing);
    const double finest = std::min({spacing[0], spacing[1], spacing[2]});
    for (std::size_t axis = 0; axis < 3; ++axis)
      if (spacing[axis] / finest < 2) kernel[axis] = 3;
    if (halved.empty() || stages.size() + 1 == kMostStages) break;
    stages.push_back({stride, kernel});
    stride = {1, 1, 1};
    for (const std::size_t axis : halved) stride[axis] = 2, size[axis] /= 2, spacing[axis] *= 2;
  }
  stages.push_back({stride, {3, 3, 3}});
  return stages;
}

std::string nnunetStagesText(const std::vector<nn::UNetStage>& stages) {
  std::string text;
  for (const nn::UNetStage& stage : stages) {
    if (!text.empty()) text += ' ';
    for (const std::int64_t side : stage.kernel) text += std::to_string(side);
    text += '/';
    for (const std::int64_t side : stage.stride) text += std::to_string(side);
  }
  return text;
}

std::vector<nn::UNetStage> nnunetStagesFrom(const std::string& text) {
  std::vector<nn::UNetStage> stages;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const std::size_t slash = std::min(word.find('/'), word.size());
    const std::string stride = slash < word.size() ? word.substr(slash + 1) : "";
    stages.push_back({.stride = threeDigits(stride, 1, 2), .kernel = threeDigits(word.substr(0, slash), 1, 3)});
  }
  if (stages.empty() || stages.size() > kMostStages) threeDigits(text, 1, 3);
  return stages;
}

}  // namespace roundel
