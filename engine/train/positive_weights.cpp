#include "train/positive_weights.h"

#include <charconv>

#include "core/error.h"

namespace roundel {

torch::Tensor chosenPositiveWeights(const CaseTensors& cases, const LabelSet& classes, const Params& params) {
  const std::string given = params.at("positive_weight_values");
  if (given.empty()) {
    if (params.at("positive_weights") == "none") return torch::ones({classes.size()});
    return positiveWeights(cases, params.at("positive_weight_limit").get<double>());
  }
  std::vector<float> values;
  const char* position = given.data();
  const char* end = given.data() + given.size();
  while (position < end) {
    while (position < end && (*position == ' ' || *position == ',')) ++position;
    float value = 0;
    const auto [next, code] = std::from_chars(position, end, value);
    if (code != std::errc() || !(value > 0) || value > 1e6f) break;
    values.push_back(value);
    position = next;
  }
  if (position != end || static_cast<int>(values.size()) != classes.size())
    throw Error(
        ErrorKind::Usage, "bad-parameter",
        "positive_weight_values must hold " + std::to_string(classes.size()) + " numbers above 0, one a class, separated by commas.");
  return torch::tensor(values);
}

}  // namespace roundel
