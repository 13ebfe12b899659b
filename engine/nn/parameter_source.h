#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <string>
#include <vector>

namespace roundel::nn {

/// A parameter or buffer that a network asks for.
struct ParameterShape {
  std::string key;  ///< as published checkpoints write it: "image_encoder.blocks.0.attn.qkv.weight"
  std::vector<std::int64_t> shape;
};

/// Where the numbers of a frozen network come from: a checkpoint, a formula, or nowhere (ShapeRecorder). A network asks for each
/// of its tensors once, while it is built, and keeps what it is given: a source that hands out views of a mapped file
/// costs no second copy.
class ParameterSource {
 public:
  virtual ~ParameterSource() = default;
  /// The tensor of that key, which has that shape. What a source cannot give is its error to throw.
  virtual torch::Tensor take(const ParameterShape& wanted) = 0;
};

/// A source below a prefix: `scope / "blocks" / 3` asks for "blocks.3.…".
class Scope {
 public:
  explicit Scope(ParameterSource& source, std::string prefix = {}) : m_source(&source), m_prefix(std::move(prefix)) {}

  Scope operator/(const std::string& name) const { return Scope(*m_source, m_prefix + name + "."); }
  Scope operator/(std::int64_t index) const { return *this / std::to_string(index); }
  torch::Tensor take(const std::string& name, std::vector<std::int64_t> shape) const {
    return m_source->take({m_prefix + name, std::move(shape)});
  }

 private:
  ParameterSource* m_source;
  std::string m_prefix;
};

/// Writes down what a network asks for and gives tensors without memory ("meta"): the list of keys and shapes by which a
/// checkpoint is recognised comes from the network's own code.
class ShapeRecorder : public ParameterSource {
 public:
  torch::Tensor take(const ParameterShape& wanted) override;
  const std::vector<ParameterShape>& shapes() const { return m_shapes; }

 private:
  std::vector<ParameterShape> m_shapes;
};

}  // namespace roundel::nn
