#pragma once
#include "core/json.h"
#include "core/random.h"
#include "phantom/plane.h"

namespace roundel::phantom {

/// How quanta become a picture.
struct Exposure {
  double quantaPerMm2 = 4e5;     ///< before the patient
  double scatterFraction = 0.2;  ///< share of the detected quanta that were scattered, 0 .. 0.6
  double scatterSigmaMm = 12;    ///< how far they spread
  double blurSigmaMm = 0.25;     ///< point spread: focal spot, motion, detector
  double sharpening = 0.3;       ///< the workstation's unsharp mask, 0: none
  double windowLow = 0.01;       ///< quantiles of the optical density shown black and white, 0 .. 1
  double windowHigh = 0.99;
  double gamma = 1;         ///< of the display curve
  double contrast = 0.3;    ///< how much of an S the display curve is, 0 .. 1
  bool quickNoise = false;  ///< grain() instead of the normal distribution: for scenes without end, not for a phantom's cases
};

Json toJson(const Exposure& exposure);

/// The picture of a map of line integrals (sum of attenuation times length a ray): exp(-sum), scatter, blur, Poisson noise of
/// quanta and of the electronics, logarithm, window, display curve. Grey in [0, 1], 1 white: much attenuation.
Map expose(const Plane& plane, const Map& lineIntegral, const Exposure& exposure, Random& random);

/// A cheap stand-in for the normal distribution, for noise of whole pictures: four 16-bit numbers of one draw, added.
float grain(Random& random);

/// Gaussian blur with the edge repeated; a kernel for small sigmas, three box passes for large ones.
void blur(Map& map, int width, int height, double sigmaPixels);

}  // namespace roundel::phantom
