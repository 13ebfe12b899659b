#include "refine/graph_cut_generalist.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "core/error.h"

namespace roundel {

namespace {

/// Raised whenever the same settings would give other answers than before.
constexpr const char* kGraphCutVersion = "graph-cut/1";
/// GrabCut starts its mixtures with k-means, which draws; the draw is the same for every prompt, whatever came before.
constexpr std::uint64_t kMixtureSeed = 0x9E3779B97F4A7C15;
/// Distance from the cut at which a pixel is as certain as distance can make it, in working pixels.
constexpr float kCertainDistance = 4.0F;

/// A plane stretched to 0..255 between its own extremes; flat ones become 0.
cv::Mat stretched(const cv::Mat& plane) {
  double low = 0, high = 0;
  cv::minMaxLoc(plane, &low, &high);
  cv::Mat bytes;
  const double scale = high - low > 1e-6 ? 255 / (high - low) : 0;
  plane.convertTo(bytes, CV_8U, scale, -low * scale);
  return bytes;
}

cv::Mat channelsOf(const Field& grey, double smoothing) {
  const Field fine = smoothed(grey, smoothing), coarse = smoothed(grey, 2 * smoothing + 1);
  const auto view = [](const Field& field) { return cv::Mat(field.height, field.width, CV_32F, const_cast<float*>(field.values.data())); };
  cv::Mat dx, dy, gradient, merged;
  cv::Sobel(view(fine), dx, CV_32F, 1, 0, 3, 0.125, 0, cv::BORDER_REFLECT);
  cv::Sobel(view(fine), dy, CV_32F, 0, 1, 3, 0.125, 0, cv::BORDER_REFLECT);
  cv::magnitude(dx, dy, gradient);
  const std::array<cv::Mat, 3> planes{stretched(view(fine)), stretched(view(coarse)), stretched(gradient)};
  cv::merge(planes.data(), planes.size(), merged);
  return merged;
}

/// Seeds as GrabCut's four labels. What the prompt itself says of the undecided becomes "probably"; without a mask prompt all of
/// it is probably foreground, as in GrabCut with a rectangle.
cv::Mat labelsOf(const SeedField& seeds) {
  cv::Mat labels(seeds.window.height, seeds.window.width, CV_8U);
  auto* out = labels.ptr<std::uint8_t>();
  for (std::size_t i = 0; i < seeds.seeds.size(); ++i) {
    const bool likely = seeds.prior.empty() || seeds.prior.values[i] > 0.5F;
    if (seeds.seeds[i] == Seed::Foreground) out[i] = cv::GC_FGD;
    else if (seeds.seeds[i] == Seed::Background) out[i] = cv::GC_BGD;
    else out[i] = likely ? cv::GC_PR_FGD : cv::GC_PR_BGD;
  }
  return labels;
}

bool bothSides(const cv::Mat& labels) {
  bool foreground = false, background = false;
  for (const auto label : cv::Mat_<std::uint8_t>(labels)) (label == cv::GC_FGD || label == cv::GC_PR_FGD ? foreground : background) = true;
  return foreground && background;
}

/// Density of one pixel under a mixture as OpenCV stores it: weights, means, covariances of components with three channels.
class Mixture {
 public:
  explicit Mixture(const cv::Mat& model) {
    const auto* values = model.ptr<double>();
    const int components = model.cols / 13;
    for (int k = 0; k < components; ++k) {
      if (values[k] <= 0) continue;
      const cv::Mat covariance = cv::Mat(3, 3, CV_64F, const_cast<double*>(values + 4 * components + 9 * k)) + cv::Mat::eye(3, 3, CV_64F);
      Component component{.weight = values[k] / std::sqrt(cv::determinant(covariance))};
      std::copy_n(values + components + 3 * k, 3, component.mean.begin());
      const cv::Mat inverse = covariance.inv();
      std::copy_n(inverse.ptr<double>(), 9, component.inverse.begin());
      m_components.push_back(component);
    }
  }

  double density(const cv::Vec3b& pixel) const {
    double sum = 0;
    for (const auto& component : m_components) {
      std::array<double, 3> d{};
      for (std::size_t c = 0; c < 3; ++c) d[c] = pixel[static_cast<int>(c)] - component.mean[c];
      double form = 0;
      for (std::size_t r = 0; r < 3; ++r)
        for (std::size_t c = 0; c < 3; ++c) form += d[r] * component.inverse[r * 3 + c] * d[c];
      sum += component.weight * std::exp(-0.5 * form);
    }
    return sum;
  }

 private:
  struct Component {
    double weight = 0;
    std::array<double, 3> mean{};
    std::array<double, 9> inverse{};
  };
  std::vector<Component> m_components;
};

Field softCut(const cv::Mat& labels, const cv::Mat& channels, const SeedField& seeds, const Mixture& background,
              const Mixture& foreground) {
  Field out(labels.cols, labels.rows);
  std::vector<std::uint8_t> in(out.values.size()), outside(in.size());
  const auto* label = labels.ptr<std::uint8_t>();
  for (std::size_t i = 0; i < in.size(); ++i) {
    in[i] = label[i] == cv::GC_FGD || label[i] == cv::GC_PR_FGD;
    outside[i] = !in[i];
  }
  const auto depth = distanceToZero(in, out.width, out.height), away = distanceToZero(outside, out.width, out.height);
  const auto* pixel = channels.ptr<cv::Vec3b>();
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (seeds.seeds[i] != Seed::Unknown) {
      out.values[i] = in[i] ? 1.0F : 0.0F;
      continue;
    }
    const double f = foreground.density(pixel[i]), b = background.density(pixel[i]);
    const auto fit = static_cast<float>(f + b > 0 ? (in[i] ? f : b) / (f + b) : 0.5);
    const float certain = 0.5F * fit + 0.5F * std::min(1.0F, (in[i] ? depth[i] : away[i]) / kCertainDistance);
    out.values[i] = in[i] ? 0.5F + 0.5F * std::max(certain, 0.01F) : 0.5F - 0.5F * std::max(certain, 0.01F);
  }
  return out;
}

Field cut(const Field& grey, const SeedField& seeds, int iterations, double smoothing) {
  const cv::Mat channels = channelsOf(grey, smoothing);
  cv::Mat labels = labelsOf(seeds), background, foreground;
  const bool undecided = std::find(seeds.seeds.begin(), seeds.seeds.end(), Seed::Unknown) != seeds.seeds.end();
  if (!undecided || !bothSides(labels)) {
    Field certain(labels.cols, labels.rows);
    std::transform(labels.begin<std::uint8_t>(), labels.end<std::uint8_t>(), certain.values.begin(),
                   [](std::uint8_t label) { return label == cv::GC_FGD || label == cv::GC_PR_FGD ? 1.0F : 0.0F; });
    return certain;
  }
  cv::theRNG().state = kMixtureSeed;
  try {
    cv::grabCut(channels, labels, {}, background, foreground, iterations, cv::GC_INIT_WITH_MASK);
  } catch (const cv::Exception& exception) {
    throw Error(ErrorKind::Defect, "graph-cut-failed", std::string("The graph cut failed: ") + exception.what());
  }
  return softCut(labels, channels, seeds, Mixture(background), Mixture(foreground));
}

/// A cut knows no gentle pull towards the prompt's mask, so the two opinions are mixed afterwards.
Field withPrior(Field cutProbability, const SeedField& seeds, double share) {
  if (seeds.prior.empty()) return cutProbability;
  const auto a = static_cast<float>(share);
  for (std::size_t i = 0; i < cutProbability.values.size(); ++i)
    if (seeds.seeds[i] == Seed::Unknown) cutProbability.values[i] = (1 - a) * cutProbability.values[i] + a * seeds.prior.values[i];
  return cutProbability;
}

}  // namespace

GraphCutGeneralist::GraphCutGeneralist(const Settings& settings)
    : ClassicalGeneralist(kGraphCutVersion, settings.common, {static_cast<double>(settings.iterations), settings.prior}),
      m_settings(settings) {}

GraphCutGeneralist::GraphCutGeneralist(const Params& params)
    : GraphCutGeneralist(Settings{.common = settingsFrom(params, Settings{}.common),
                                  .iterations = params.at("iterations").get<int>(),
                                  .prior = params.at("prior").get<double>()}) {}

std::vector<ParamSpec> GraphCutGeneralist::params() {
  const Settings defaults;
  return paramsAround({{.name = "iterations",
                        .type = ParamType::Integer,
                        .defaultValue = defaults.iterations,
                        .minimum = 1,
                        .maximum = 20,
                        .sentence = "Rounds of fitting the colours and cutting again."},
                       {.name = "prior",
                        .type = ParamType::Real,
                        .defaultValue = defaults.prior,
                        .minimum = 0,
                        .maximum = 1,
                        .sentence = "Share of the mask prompt's own probability in the answer; 0 asks the image alone."}},
                      defaults.common);
}

Field GraphCutGeneralist::decide(const Field& grey, const SeedField& seeds) const {
  const int iterations = m_settings.iterations + (seeds.prior.empty() ? 3 : 0);
  return withPrior(cut(grey, seeds, iterations, smoothing()), seeds, m_settings.prior);
}

}  // namespace roundel
