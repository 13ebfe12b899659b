#pragma once
#include <cstddef>
#include <span>
#include <string>

namespace roundel {

/// The processes (ranks 0 .. size - 1) that share one piece of work, and how they add up and tell each other numbers.
///
/// All ranks call the same functions in the same order with the same lengths; each returns on a rank once that rank has its answer. One
/// process alone is a Fabric too: this class itself, which does nothing, costs nothing and opens nothing.
///
/// A rank that dies, or that leaves, ends every other rank's next call with Error(Resource, "rank-lost"), which names it and says why.
class Fabric {
 public:
  virtual ~Fabric() = default;

  virtual int rank() const { return 0; }
  virtual int size() const { return 1; }
  bool alone() const { return size() == 1; }
  bool first() const { return rank() == 0; }

  /// Every rank's values become the sum over all ranks, added in the order of the ranks: the same bits on every rank, run after run.
  virtual void allReduce(std::span<float>) {}
  virtual void allReduce(std::span<double>) {}
  /// Every rank's bytes become those of rank 0.
  virtual void broadcast(std::span<std::byte>) {}
  /// Returns once every rank has called it.
  virtual void barrier() {}
  /// Says why this rank goes before its work is done: the others end with this sentence. To be called once, and nothing after it.
  virtual void leave(const std::string&) {}

  /// Rank 0's text, on every rank; those of the others are not looked at.
  std::string broadcastText(const std::string& text);
};

}  // namespace roundel
