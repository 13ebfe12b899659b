#include "refine/field.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace roundel {

namespace {

cv::Mat view(const Field& field) { return {field.height, field.width, CV_32F, const_cast<float*>(field.values.data())}; }

Field resizedMat(const cv::Mat& from, int width, int height) {
  Field out(width, height);
  cv::Mat target = view(out);
  if (from.cols == width && from.rows == height) {
    from.copyTo(target);
  } else {
    const bool shrinks = width <= from.cols && height <= from.rows;
    cv::resize(from, target, target.size(), 0, 0, shrinks ? cv::INTER_AREA : cv::INTER_LINEAR);
  }
  return out;
}

}  // namespace

Field cutOut(const Field& image, const WorkWindow& window) {
  return resizedMat(view(image)(cv::Rect(window.x0, window.y0, window.x1 - window.x0, window.y1 - window.y0)), window.width, window.height);
}

Field atImageScale(const Field& work, const WorkWindow& window) {
  return resizedMat(view(work), window.x1 - window.x0, window.y1 - window.y0);
}

Field resized(const Field& field, int width, int height) { return resizedMat(view(field), width, height); }

Field smoothed(const Field& field, double sigma) {
  if (sigma <= 0) return field;
  Field out(field.width, field.height);
  cv::Mat target = view(out);
  cv::GaussianBlur(view(field), target, {}, sigma, sigma, cv::BORDER_REFLECT);
  return out;
}

std::vector<float> distanceToZero(const std::vector<std::uint8_t>& bytes, int width, int height) {
  std::vector<float> distance(bytes.size());
  if (std::find(bytes.begin(), bytes.end(), std::uint8_t{0}) == bytes.end()) {
    std::fill(distance.begin(), distance.end(), static_cast<float>(width + height));
    return distance;
  }
  const cv::Mat from(height, width, CV_8U, const_cast<std::uint8_t*>(bytes.data()));
  cv::Mat to(height, width, CV_32F, distance.data());
  cv::distanceTransform(from, to, cv::DIST_L2, cv::DIST_MASK_PRECISE);
  return distance;
}

}  // namespace roundel
