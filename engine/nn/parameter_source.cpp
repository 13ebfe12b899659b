#include "nn/parameter_source.h"

namespace roundel::nn {

torch::Tensor ShapeRecorder::take(const ParameterShape& wanted) {
  m_shapes.push_back(wanted);
  return torch::empty(wanted.shape, torch::TensorOptions().device(torch::kMeta).dtype(torch::kFloat32));
}

}  // namespace roundel::nn
