#include "models/generalists/state_dict_source.h"

#include "core/error.h"
#include "core/files.h"
#include "weights/tensor_bytes.h"

namespace roundel {

torch::Tensor StateDictSource::take(const nn::ParameterShape& wanted) {
  const auto found = m_weights.tensors.find(wanted.key);
  const std::string shown = displayPath(m_weights.path);
  if (found == m_weights.tensors.end() || found->second.shape != wanted.shape)
    throw Error(ErrorKind::BadInput, "bad-weights", shown + " has no tensor " + wanted.key + " of " + shapeText(wanted.shape) + ".",
                {.path = shown});
  return viewOf(found->second, m_weights.mapping).to(m_device, torch::kFloat);
}

}  // namespace roundel
