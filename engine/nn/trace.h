#pragma once
#include <torch/torch.h>

#include <functional>
#include <map>
#include <string>
#include <utility>

namespace roundel::nn {

/// Intermediate tensors of a network by name, for comparison with other code. A network is given one where somebody wants to look;
/// what nobody wants is not computed.
class Trace {
 public:
  /// `wants` says of a name whether it is to be kept.
  explicit Trace(std::function<bool(const std::string&)> wants) : m_wants(std::move(wants)) {}

  /// Keeps what `compute` returns where the name is wanted.
  template <class Compute>
  void offer(const std::string& name, const Compute& compute) {
    if (m_wants(name)) m_tensors[name] = compute();
  }
  const std::map<std::string, torch::Tensor>& tensors() const { return m_tensors; }

 private:
  std::function<bool(const std::string&)> m_wants;
  std::map<std::string, torch::Tensor> m_tensors;
};

/// Offers to a trace that may be absent.
template <class Compute>
void offer(Trace* trace, const std::string& name, const Compute& compute) {
  if (trace != nullptr) trace->offer(name, compute);
}

}  // namespace roundel::nn
