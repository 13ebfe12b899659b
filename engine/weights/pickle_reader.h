#pragma once
#include <cstddef>
#include <filesystem>
#include <span>

#include "weights/pickle_graph.h"

namespace roundel::pickle {

/// What a pickle may cost. Beyond what any checkpoint needs; a checkpoint with ten thousand tensors holds 200,000 values.
struct Limits {
  std::size_t bytes = std::size_t{256} << 20;
  std::size_t values = 2'000'000;
  std::size_t stack = 100'000;
  std::size_t marks = 1'000;
  std::size_t depth = 200;  ///< of containers within containers
};

/// Reads a pickle of protocol 2 to 5 (Python's Lib/pickletools.py) as data: a machine with a stack, a memo and about fifty
/// instructions, none of which calls or looks up anything. REDUCE, NEWOBJ and BUILD write down what Python would have called; whoever
/// reads the graph knows the handful of names that stand for tensors and passes over the others. `bytes` must outlive the graph.
///
/// Memory is bounded by a small multiple of the pickle's own length, whatever lengths it claims; time is linear in it.
///
/// Throws Error(BadInput, "bad-weights") that names `file` where the pickle is damaged, uses an instruction that torch.save does
/// not write, exceeds the limits, holds a container that contains itself, or names or calls what no honest checkpoint does
/// (pickle_globals.h).
Graph read(std::span<const std::byte> bytes, const std::filesystem::path& file, const Limits& limits = {});

}  // namespace roundel::pickle
