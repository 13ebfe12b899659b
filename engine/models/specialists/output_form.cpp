#include "models/specialists/output_form.h"

#include <vector>

namespace roundel {

using torch::Tensor;

Tensor probabilitiesOf(const Tensor& logits, OutputForm form) {
  const Tensor values = logits.to(torch::kFloat);
  return form == OutputForm::Softmax ? torch::softmax(values, 1) : torch::sigmoid(values);
}

Tensor classLogits(const Tensor& logits, OutputForm form) {
  if (form == OutputForm::Sigmoid) return logits;
  const Tensor values = logits.to(torch::kFloat);
  std::vector<Tensor> classes;
  for (std::int64_t c = 1; c < values.size(1); ++c) {
    const Tensor others = torch::cat({values.narrow(1, 0, c), values.narrow(1, c + 1, values.size(1) - c - 1)}, 1);
    classes.push_back(values.narrow(1, c, 1) - torch::logsumexp(others, {1}, true));
  }
  return torch::cat(classes, 1);
}

}  // namespace roundel
