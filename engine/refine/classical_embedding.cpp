#include "refine/classical_embedding.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "core/error.h"
#include "refine/seeds.h"

namespace roundel {

namespace {

constexpr float kLogitLimit = 10.0F;

float logitOf(float p) {
  const float bounded = std::clamp(p, 1e-5F, 1 - 1e-5F);
  return std::clamp(std::log(bounded / (1 - bounded)), -kLogitLimit, kLogitLimit);
}

void equalise(Field& grey) {
  cv::Mat plane(grey.height, grey.width, CV_32F, grey.values.data()), wide;
  plane.convertTo(wide, CV_16U, 65535);
  const int tiles = std::clamp(std::min(grey.width, grey.height) / 16, 1, 8);
  cv::createCLAHE(2.0, {tiles, tiles})->apply(wide, wide);
  wide.convertTo(plane, CV_32F, 1.0 / 65535);
}

/// Keeps the components that hold a foreground seed or a positive point and fills their small holes. `in` has the window's own size.
void keepSeeded(cv::Mat& in, const SeedField& seeds) {
  const auto& window = seeds.window;
  cv::Mat labels;
  const int count = cv::connectedComponents(in, labels, 8, CV_32S);
  std::vector<std::uint8_t> keep(static_cast<std::size_t>(count), 0);
  const auto mark = [&](int x, int y) {
    if (x >= 0 && y >= 0 && x < in.cols && y < in.rows) keep[static_cast<std::size_t>(labels.at<int>(y, x))] = 1;
  };
  for (int y = 0; y < window.height; ++y)
    for (int x = 0; x < window.width; ++x)
      if (seeds.seeds[static_cast<std::size_t>(y) * static_cast<std::size_t>(window.width) + static_cast<std::size_t>(x)] ==
          Seed::Foreground)
        mark(static_cast<int>((x + 0.5) / window.scaleX()), static_cast<int>((y + 0.5) / window.scaleY()));
  for (const auto& [x, y] : seeds.positives) mark(x - window.x0, y - window.y0);
  keep[0] = 0;
  std::int64_t area = 0;
  for (int y = 0; y < in.rows; ++y)
    for (int x = 0; x < in.cols; ++x) {
      auto& pixel = in.at<std::uint8_t>(y, x);
      pixel = keep[static_cast<std::size_t>(labels.at<int>(y, x))];
      area += pixel;
    }
  cv::Mat holes, statistics, centres;
  const cv::Mat background = in == 0;
  const int holeCount = cv::connectedComponentsWithStats(background, holes, statistics, centres, 4, CV_32S);
  for (int y = 0; y < in.rows; ++y)
    for (int x = 0; x < in.cols; ++x) {
      const int hole = holes.at<int>(y, x);
      if (hole == 0 || hole >= holeCount || statistics.at<int>(hole, cv::CC_STAT_AREA) * std::int64_t{50} > area) continue;
      const int left = statistics.at<int>(hole, cv::CC_STAT_LEFT), top = statistics.at<int>(hole, cv::CC_STAT_TOP);
      const bool open = left == 0 || top == 0 || left + statistics.at<int>(hole, cv::CC_STAT_WIDTH) == in.cols ||
                        top + statistics.at<int>(hole, cv::CC_STAT_HEIGHT) == in.rows;
      if (!open) in.at<std::uint8_t>(y, x) = 1;
    }
}

Mask maskFrom(const cv::Mat& in, const WorkWindow& window, Size image) {
  std::vector<Mask::Run> runs;
  for (int y = 0; y < in.rows; ++y)
    for (int x = 0; x < in.cols; ++x) {
      if (!in.at<std::uint8_t>(y, x)) continue;
      const int first = x;
      while (x < in.cols && in.at<std::uint8_t>(y, x)) ++x;
      runs.push_back({(window.y0 + y) * image.x + window.x0 + first, x - first});
    }
  return Mask(image, std::move(runs));
}

}  // namespace

std::shared_ptr<const ClassicalEmbedding> classicalEmbedding(const Image& image, const std::string& owner, Contrast contrast) {
  const Size size = image.geometry.size;
  if (size.z != 1)
    throw Error(ErrorKind::BadInput, "not-2d",
                "This generalist works on single pictures; the image has " + std::to_string(size.z) + " slices.");
  if (size.x < 1 || size.y < 1 || size.x > 1 << 20 || size.y > 1 << 20 || image.values.size() != static_cast<std::size_t>(size.count()))
    throw Error(ErrorKind::BadInput, "bad-image",
                "The image's values do not fit its size of " + std::to_string(size.x) + " x " + std::to_string(size.y) + ".");
  auto embedding = std::make_shared<ClassicalEmbedding>();
  embedding->imageSize = size;
  embedding->owner = owner;
  embedding->grey = Field(static_cast<int>(size.x), static_cast<int>(size.y));
  std::transform(image.values.begin(), image.values.end(), embedding->grey.values.begin(),
                 [](float v) { return std::isnan(v) ? 0.0F : std::clamp(v, 0.0F, 1.0F); });
  if (contrast == Contrast::Equalised) equalise(embedding->grey);
  return embedding;
}

const ClassicalEmbedding& asClassical(const Embedding& embedding, const std::string& owner) {
  const auto* classical = dynamic_cast<const ClassicalEmbedding*>(&embedding);
  if (!classical || classical->owner != owner)
    throw Error(ErrorKind::Defect, "foreign-embedding", "The embedding was made by another generalist.");
  return *classical;
}

LowResLogits lowResFrom(const Field& probability, Size image) {
  const double scale = std::min(1.0, static_cast<double>(kLowResSide) / static_cast<double>(std::max(image.x, image.y)));
  const int width = std::max(1, static_cast<int>(std::lround(static_cast<double>(image.x) * scale)));
  const int height = std::max(1, static_cast<int>(std::lround(static_cast<double>(image.y) * scale)));
  LowResLogits logits{.width = width, .height = height, .values = resized(probability, width, height).values};
  std::transform(logits.values.begin(), logits.values.end(), logits.values.begin(), logitOf);
  return logits;
}

GeneralistMask answerFrom(const Field& workProbability, const SeedField& seeds, Size image, SoftMasks soft) {
  GeneralistMask answer{.mask = Mask(image)};
  Field whole(static_cast<int>(image.x), static_cast<int>(image.y));
  if (!seeds.empty()) {
    const auto& window = seeds.window;
    Field probability = atImageScale(workProbability, window);
    for (const auto& [x, y] : seeds.positives)
      if (x >= window.x0 && y >= window.y0 && x < window.x1 && y < window.y1) probability.at(x - window.x0, y - window.y0) = 1;
    cv::Mat in(probability.height, probability.width, CV_8U);
    for (int y = 0; y < in.rows; ++y)
      for (int x = 0; x < in.cols; ++x) in.at<std::uint8_t>(y, x) = probability.at(x, y) > 0.5F;
    keepSeeded(in, seeds);
    double inside = 0, outside = 0;
    std::int64_t area = 0;
    for (int y = 0; y < in.rows; ++y)
      for (int x = 0; x < in.cols; ++x) {
        const bool member = in.at<std::uint8_t>(y, x) != 0;
        auto& p = probability.at(x, y);
        // What was dropped or filled keeps a probability on its own side of one half.
        p = member ? std::max(p, 0.501F) : std::min(p, 0.499F);
        area += member;
        (member ? inside : outside) += static_cast<double>(p);
      }
    answer.mask = maskFrom(in, window, image);
    answer.score = area > 0 ? inside / (static_cast<double>(area) + outside) : 0;
    for (int y = 0; y < probability.height; ++y)
      std::copy_n(probability.values.begin() + static_cast<std::ptrdiff_t>(probability.index(0, y)), probability.width,
                  whole.values.begin() + static_cast<std::ptrdiff_t>(whole.index(window.x0, window.y0 + y)));
  }
  answer.lowRes = lowResFrom(whole, image);
  if (soft == SoftMasks::Yes) answer.probability = std::move(whole.values);
  return answer;
}

}  // namespace roundel
