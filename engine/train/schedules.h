#pragma once
#include <cstdint>

namespace roundel {

/// Numbers that follow the step (ALGORITHMS.md 2.2, 6.2). Plain functions: a resumed run needs nothing remembered.

/// exp(-5 (1 - clip(x, 0, length) / length)^2): from 0.0067 to 1. 1 where length is 0.
double sigmoidRampUp(double x, double length);
/// clip(x / length, 0, 1). 1 where length is 0.
double linearRampUp(double x, double length);
/// Cosine annealing from `first` at 0 to `last` at `length`, constant afterwards.
double cosineRate(double x, double length, double first, double last);
/// first * (1 - x / length)^power; 0 beyond length.
double polynomialRate(double x, double length, double first, double power = 0.9);
/// first * 0.1^floor(x / every).
double steppedRate(std::int64_t x, std::int64_t every, double first);
/// min(1 - 1 / (step + 1), limit): an average that starts as a copy.
double cappedDecay(std::int64_t step, double limit);

}  // namespace roundel
