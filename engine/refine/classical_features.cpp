#include <cmath>
#include <opencv2/imgproc.hpp>

#include "refine/classical_embedding.h"

namespace roundel {

namespace {

constexpr int kStride = 4;
constexpr double kScales[] = {1.0, 2.0, 4.0};
constexpr int kWindows[] = {5, 11};

/// Puts a channel on the coarse grid and standardises it; a flat one becomes 0.
void addChannel(FeatureMap& map, const cv::Mat& channel) {
  cv::Mat coarse;
  cv::resize(channel, coarse, {static_cast<int>(map.size.x), static_cast<int>(map.size.y)}, 0, 0, cv::INTER_AREA);
  cv::Scalar mean, deviation;
  cv::meanStdDev(coarse, mean, deviation);
  const double scale = deviation[0] > 1e-6 ? 1 / deviation[0] : 0;
  for (int y = 0; y < coarse.rows; ++y)
    for (int x = 0; x < coarse.cols; ++x)
      map.values.push_back(static_cast<float>((static_cast<double>(coarse.at<float>(y, x)) - mean[0]) * scale));
  ++map.channels;
}

void addScale(FeatureMap& map, const cv::Mat& grey, double sigma) {
  cv::Mat smooth, dx, dy, xx, yy, xy;
  cv::GaussianBlur(grey, smooth, {}, sigma, sigma, cv::BORDER_REFLECT);
  addChannel(map, smooth);
  cv::Sobel(smooth, dx, CV_32F, 1, 0, 3, sigma / 8, 0, cv::BORDER_REFLECT);
  cv::Sobel(smooth, dy, CV_32F, 0, 1, 3, sigma / 8, 0, cv::BORDER_REFLECT);
  cv::Mat magnitude;
  cv::magnitude(dx, dy, magnitude);
  addChannel(map, magnitude);
  const double second = sigma * sigma / 4;
  cv::Sobel(smooth, xx, CV_32F, 2, 0, 3, second, 0, cv::BORDER_REFLECT);
  cv::Sobel(smooth, yy, CV_32F, 0, 2, 3, second, 0, cv::BORDER_REFLECT);
  cv::Sobel(smooth, xy, CV_32F, 1, 1, 3, second, 0, cv::BORDER_REFLECT);
  const cv::Mat laplacian = xx + yy, difference = xx - yy;
  addChannel(map, laplacian);
  cv::Mat root, twice = 2 * xy;
  cv::magnitude(difference, twice, root);
  addChannel(map, 0.5 * (laplacian + root));
  addChannel(map, 0.5 * (laplacian - root));
}

void addWindow(FeatureMap& map, const cv::Mat& grey, int side) {
  cv::Mat mean, square, variance, deviation;
  cv::blur(grey, mean, {side, side}, {-1, -1}, cv::BORDER_REFLECT);
  cv::blur(grey.mul(grey), square, {side, side}, {-1, -1}, cv::BORDER_REFLECT);
  cv::max(square - mean.mul(mean), 0.0, variance);
  cv::sqrt(variance, deviation);
  addChannel(map, mean);
  addChannel(map, deviation);
}

}  // namespace

FeatureMap classicalFeatures(const ClassicalEmbedding& embedding) {
  const auto& field = embedding.grey;
  const cv::Mat grey(field.height, field.width, CV_32F, const_cast<float*>(field.values.data()));
  FeatureMap map{.size = {(field.width + kStride - 1) / kStride, (field.height + kStride - 1) / kStride, 1}};
  for (const double sigma : kScales) addScale(map, grey, sigma);
  for (const int side : kWindows) addWindow(map, grey, side);
  const auto cells = static_cast<std::size_t>(map.size.count());
  map.values.insert(map.values.end(), cells, 1.0F);
  ++map.channels;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    double square = 0;
    for (std::size_t i = cell; i < map.values.size(); i += cells)
      square += static_cast<double>(map.values[i]) * static_cast<double>(map.values[i]);
    const auto scale = static_cast<float>(1 / std::sqrt(square));
    for (std::size_t i = cell; i < map.values.size(); i += cells) map.values[i] *= scale;
  }
  return map;
}

}  // namespace roundel
